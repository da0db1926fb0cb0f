import { createContext, onLogin } from "@onrecord/context/context";
import { AppError } from "@onrecord/core/errors";
import { newId } from "@onrecord/core/ids";
import { createLogger } from "@onrecord/core/log";
import { KeyRotation, type KeyStatus } from "@onrecord/history/keys/key-rotation";
import { Keyring } from "@onrecord/keys/keyring";
import { bySystem } from "@onrecord/ledger/ledger";
import { print, printJson, tell } from "../output.js";
import { readOperated } from "../place.js";

interface Output {
  readonly json?: boolean;
}

/** `onrecord keys list`: which key-encryption keys there are, and how many documents need each. */
export async function listKeys({ json }: Output): Promise<void> {
  await withKeys(async (rotation) => {
    const keys = await rotation.status();
    if (json) printJson(keys);
    else for (const key of keys) print(line(key));
  });
}

/** `onrecord keys prepare`: makes the next key, to be copied to every machine before it is used. */
export async function prepareKey({ json }: Output): Promise<void> {
  await withKeys(async (rotation) => {
    const keyId = await rotation.prepare();
    tell("Copy keys.json to every machine, then rotate.");
    if (json) printJson({ keyId });
    else print(keyId);
  });
}

/** `onrecord keys rotate`: brings every document under a new key, or ends a rotation that was broken off. */
export async function rotateKeys({ json }: Output): Promise<void> {
  await withKeys(async (rotation) => {
    const done = await rotation.rotate((documents) => tell(`${documents} documents are under the new key …`));
    if (done.rotated === null) tell(`The rotation to ${done.keyId} had been broken off; it is done now.`);
    if (json) printJson(done);
    else print(`${done.documents} documents were brought under ${done.keyId}.`);
    refuseFailed(done.failed);
  });
}

/** `onrecord keys move`: brings every document from where its key was to what ONRECORD_KEYS says, file or key service. */
export async function moveKeys({ json }: Output): Promise<void> {
  await withKeys(async (rotation) => {
    const done = await rotation.move((documents) => tell(`${documents} documents are under the new key …`));
    if (json) printJson(done);
    else print(`${done.documents} documents were brought under ${done.keyId}.`);
    refuseFailed(done.failed);
    tell(
      "Every process must have ONRECORD_KEYS set so by now: what another one makes meanwhile is under its key.",
    );
  });
}

function refuseFailed(failed: readonly string[]): void {
  if (failed.length > 0)
    throw new AppError(
      "CONFLICT",
      `${failed.length} documents stay as they are, since their data keys do not open: ${failed.join(", ")}.`,
    );
}

/** `onrecord keys retire <id>`: forgets a key that no document needs. */
export async function retireKey(keyId: string): Promise<void> {
  await withKeys(async (rotation) => {
    await rotation.retire(keyId);
    tell(
      "Backups of the database from before the rotation need it: they open only with a copy of keys.json from then.",
    );
    print(`${keyId} was removed.`);
  });
}

async function withKeys(work: (rotation: KeyRotation) => Promise<void>): Promise<void> {
  const { config, secrets } = readOperated();
  await using context = await createContext(config, secrets, createLogger(config.logLevel), { beside: true });
  const keys = await Keyring.open(config.dataDir, config.keys, secrets.keys);
  await work(new KeyRotation(onLogin(context, "operator"), keys, bySystem(newId())));
}

function line({ keyId, state, documents }: KeyStatus): string {
  return `${keyId}  ${state.padEnd(7)}  ${documents} ${documents === 1 ? "document" : "documents"}`;
}
