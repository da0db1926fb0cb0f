import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { AppError } from "./errors.js";
import { readOrCreate } from "./kept-file.js";

/** The secret that signs principals between our processes: the configured one, or one kept in the data directory. */
export async function serviceSecret(dataDir: string, configured: string | undefined): Promise<string> {
  if (configured !== undefined) return configured;
  const path = join(dataDir, "service.secret");
  const secret = (await readOrCreate(path, () => randomBytes(32).toString("base64url"))).trim();
  // An emptied file would let anyone sign.
  if (secret.length < 32)
    throw new AppError("BAD_CONFIG", `${path} holds less than 32 characters; delete it.`);
  return secret;
}
