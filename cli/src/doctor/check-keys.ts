import type { Config, Secrets } from "@onrecord/core/config";
import { AppError } from "@onrecord/core/errors";
import { examineKeys } from "@onrecord/history/keys/examine-keys";
import type { Keyring } from "@onrecord/keys/keyring";
import { KeyServiceError } from "@onrecord/keys/services/key-service";
import type { Database } from "@onrecord/postgres/database";
import { openKeys } from "../backup/open-keys.js";
import type { Finding } from "./checks.js";

/** Whether this machine's keys open what the database has sealed: a line for each thing that is wrong, or one that nothing is. */
export async function checkKeys(db: Database, config: Config, secrets: Secrets): Promise<Finding[]> {
  const check = "keys";
  const bad = (text: string): Finding => ({ check, ok: false, text });
  let keys: Keyring;
  try {
    keys = await openKeys(config, secrets);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const [needed] = await db.query<{ any: boolean }>(
      "select exists (select from documents.document) as any",
    );
    // Whoever begins has neither keys nor documents.
    return [needed?.any ? bad(error.message) : { check, ok: true, text: "made with the first start" }];
  }
  const service = await askService(keys);
  // What it would say of each key is the same.
  if (service?.ok === false) return [service];
  const examined = await examineKeys({ db, keys });
  const faults = examined
    .filter(({ fault }) => fault !== null)
    .map(({ keyId, documents, fault }) => bad(`${documents} documents need the key "${keyId}". ${fault}`));
  const asked = service ? [service] : [];
  if (faults.length > 0) return [...asked, ...faults];
  const documents = examined.reduce((sum, one) => sum + one.documents, 0);
  const text = `they open what is sealed: ${documents} documents under ${examined.map(({ keyId }) => keyId).join(", ") || "none"}`;
  return [...asked, { check, ok: true, text }];
}

/** Whether the key service wraps and opens; nothing to say where keys are in a file. */
async function askService(keys: Keyring): Promise<Finding | undefined> {
  if (keys.provider === "file") return undefined;
  try {
    await keys.prove();
    return { check: "key service", ok: true, text: `${keys.provider} wraps and opens` };
  } catch (error) {
    if (!(error instanceof KeyServiceError)) throw error;
    return { check: "key service", ok: false, text: error.message };
  }
}
