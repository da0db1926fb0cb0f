import { stat } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "@onrecord/core/errors";
import { FileKeyProvider, type KeyProvider } from "@onrecord/keys/vault";

/** The keys that this machine has; unlike a start, it makes none. BAD_CONFIG where there are none, or they are damaged. */
export async function openKeys(dataDir: string): Promise<KeyProvider> {
  const path = join(dataDir, "keys.json");
  const there = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new AppError("BAD_CONFIG", `${path} cannot be read (${error.code}).`, { cause: error });
  });
  if (there === undefined)
    throw new AppError(
      "BAD_CONFIG",
      `There is no keys.json in ${dataDir}: bring back the one that opens this database's documents, or set ONRECORD_DATA to where it is.`,
    );
  return FileKeyProvider.open(dataDir);
}
