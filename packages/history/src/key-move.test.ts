import { existsSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, testContext } from "@onrecord/context/testing/context";
import { readConfig } from "@onrecord/core/config";
import { newId } from "@onrecord/core/ids";
import { Keyring } from "@onrecord/keys/keyring";
import { type KmsStub, startKms } from "@onrecord/keys/testing/kms-stub";
import { startVault, type VaultStub } from "@onrecord/keys/testing/vault-stub";
import { bySystem } from "@onrecord/ledger/ledger";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkKeys } from "./keys/check-keys.js";
import { KeyRotation } from "./keys/key-rotation.js";
import { History } from "./store/history.js";
import { addDocument } from "./testing/documents.js";

let context: TestContext;
let kms: KmsStub;
let vault: VaultStub;
beforeEach(async () => {
  context = await testContext();
  [kms, vault] = [await startKms(), await startVault()];
});
afterEach(async () => {
  await context?.[Symbol.asyncDispose]();
  await kms[Symbol.asyncDispose]();
  await vault[Symbol.asyncDispose]();
});

/** A process that is told of both services, with what wraps. */
const keysOf = async (provider: string, more: Record<string, string> = {}) => {
  const env = { ...context.env, ...kms.env, ...vault.env, ONRECORD_KEYS: provider, ...more };
  const { config, secrets } = readConfig(env);
  return Keyring.open(config.dataDir, config.keys, secrets.keys);
};
const operator = async (provider: string) =>
  new KeyRotation(context, await keysOf(provider), bySystem(newId()));
const node = async (provider: string) => ({ ...context, keys: await keysOf(provider) });
const documents = async (count: number, on: Pick<TestContext, "keys"> = context) => {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) ids.push(await addDocument({ ...context, ...on }));
  return ids;
};
const under = async (rotation: KeyRotation) =>
  Object.fromEntries(
    (await rotation.status()).map(({ keyId, documents }) => [keyId.split(":")[0]!.slice(0, 7), documents]),
  );
const entries = (action: string) =>
  context.db.query<{ detail: Record<string, unknown>; outcome: string }>(
    "select detail, outcome from audit.entry where action = $1 order by txid, id",
    [action],
  );

describe("documents", () => {
  it("are brought from the file to KMS, to Vault and back by one command each, on the record, and open throughout", async () => {
    const ids = await documents(3);
    const first = (await (await operator("file")).status())[0]!.keyId;
    const seen: string[] = [first];
    for (const provider of ["aws-kms", "vault", "file"]) {
      const rotation = await operator(provider);
      const { keyId, documents, failed } = await rotation.move();
      expect([documents, failed]).toEqual([ids.length, []]);
      seen.push(keyId);
      await checkKeys(await node(provider));
      for (const id of ids) await new History(await node("file")).load(id);
    }
    expect((await entries("key.rotated")).map(({ detail }) => detail)).toEqual(
      [1, 2, 3].map((i) => ({ keyId: seen[i], previousKeyId: seen[i - 1] })),
    );
    expect(seen[3]).toBe(first);
    expect(await entries("key.rewrapped")).toHaveLength(3);
  });

  it("are not brought elsewhere by a rotation whose operator had other settings than the nodes; a second move has nothing to do", async () => {
    await documents(2);
    await (await operator("aws-kms")).move();
    await expect((await operator("file")).rotate()).rejects.toMatchObject({
      code: "CONFLICT",
      message: expect.stringMatching(/2 documents are under "aws-kms:.*keys move/),
    });
    await expect((await operator("aws-kms")).move()).rejects.toMatchObject({ code: "CONFLICT" });
    expect(await under(await operator("file"))).toMatchObject({ "aws-kms": 2 });
  });

  it("stay where they are while the service is away, none called damaged; the next move goes on", async () => {
    await documents(2);
    vault.always = { status: 503, json: { errors: ["Vault is sealed"] } };
    await expect((await operator("vault")).move()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    vault.always = undefined;
    await (await operator("vault")).move();
    const [id] = await documents(1, await node("vault"));
    vault.always = "cut";
    await expect((await operator("file")).move()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    vault.always = undefined;
    expect(await (await operator("file")).move()).toMatchObject({ documents: 3, failed: [] });
    await new History(context).load(id!);
  });

  it("follow a rotation in Vault, and an alias of KMS that was turned", async () => {
    const ids = await documents(2);
    const inVault = await operator("vault");
    await inVault.move();
    expect(await inVault.rotate()).toMatchObject({ keyId: "vault:team/transit/onrecord:v2", documents: 2 });
    vault.minDecryptionVersion = 2;
    for (const id of ids) await new History(await node("vault")).load(id);
    const inKms = await operator("aws-kms");
    await inKms.move();
    await expect(inKms.rotate()).rejects.toThrow("turn its alias");
    const arn = kms.newKey();
    expect((await inKms.status()).filter(({ documents }) => documents > 0)).toMatchObject([{ state: "old" }]);
    expect(await inKms.rotate()).toMatchObject({ keyId: `aws-kms:${arn}`, documents: 2 });
    await expect(inKms.retire(`aws-kms:${arn}`)).rejects.toThrow("disable or delete it there");
    await expect(inKms.prepare()).rejects.toMatchObject({ code: "CONFLICT" });
  });

  it("leave a key file behind that can be retired to nothing, and is not made again", async () => {
    await documents(1);
    const rotation = await operator("aws-kms");
    const keyId = (await (await operator("file")).status())[0]!.keyId;
    await expect(rotation.retire(keyId)).rejects.toMatchObject({ code: "CONFLICT" });
    await rotation.move();
    await rotation.retire(keyId);
    expect(existsSync(join(context.config.dataDir, "keys.json"))).toBe(false);
    await checkKeys(await node("aws-kms"));
    expect(existsSync(join(context.config.dataDir, "keys.json"))).toBe(false);
  });
});

describe("a process", () => {
  it("does not start without its key service, and says which and why", async () => {
    kms.always = "cut";
    await expect(checkKeys(await node("aws-kms"))).rejects.toThrow(
      /key service does not answer \(AWS KMS 127/,
    );
    kms.always = undefined;
    await documents(1, await node("aws-kms"));
    const untold = {
      ...context,
      keys: await Keyring.open(context.config.dataDir, context.config.keys, {
        aws: undefined,
        containerToken: undefined,
        vaultToken: undefined,
      }),
    };
    await expect(checkKeys(untold)).rejects.toMatchObject({
      code: "BAD_CONFIG",
      message: expect.stringContaining("not told how to reach aws-kms"),
    });
    kms.setState(kms.newKey(), "Disabled");
    await expect(checkKeys(await node("aws-kms"))).rejects.toThrow("is Disabled");
  });

  it("puts on the record that its key service was lost and came back", async () => {
    await using own = await testContext({ ...vault.env, ONRECORD_KEYS: "vault" });
    vault.always = "cut";
    await expect(own.keys.wrap(Buffer.alloc(32), "c")).rejects.toMatchObject({ code: "UNAVAILABLE" });
    vault.always = undefined;
    await expect
      .poll(() => own.keys.wrap(Buffer.alloc(32), "c").catch(() => undefined), { timeout: 20_000 })
      .toBeDefined();
    await expect
      .poll(
        () =>
          own.db.query(
            "select action, outcome, detail from audit.entry where action like 'key.service-%' order by txid, id",
          ),
        { timeout: 20_000 },
      )
      .toEqual([
        { action: "key.service-lost", outcome: "FAILED", detail: { provider: "vault", node: own.nodeId } },
        { action: "key.service-back", outcome: "ALLOWED", detail: { provider: "vault", node: own.nodeId } },
      ]);
  });
});
