import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Config, Secrets } from "@onrecord/core/config";
import { AppError } from "@onrecord/core/errors";
import { Keyring } from "@onrecord/keys/keyring";

/** The keys that this machine has or may ask for; unlike a start, it makes none. BAD_CONFIG where there are none, or they are damaged. */
export async function openKeys({ dataDir, keys }: Config, secrets: Secrets): Promise<Keyring> {
  const path = join(dataDir, "keys.json");
  const there = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new AppError("BAD_CONFIG", `${path} cannot be read (${error.code}).`, { cause: error });
  });
  if (there === undefined && keys.provider === "file")
    throw new AppError(
      "BAD_CONFIG",
      `There is no keys.json in ${dataDir}: bring back the one that opens this database's documents, or set ONRECORD_DATA to where it is, or ONRECORD_KEYS to the service that has them.`,
    );
  return Keyring.open(dataDir, keys, secrets.keys);
}
