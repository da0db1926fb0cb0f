import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "@onrecord/core/config";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Keyring } from "./keyring.js";
import { type KmsStub, kmsCredentials, startKms } from "./testing/kms-stub.js";
import { type StubAnswer, startStub } from "./testing/stub-server.js";
import { sealedVault, startVault, type VaultStub } from "./testing/vault-stub.js";
import { unpackWrapped } from "./wrapped-key.js";

let dir: string;
let kms: KmsStub;
let vault: VaultStub;
const heard: string[] = [];
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "onrecord-keyring-"));
  [kms, vault] = [await startKms(), await startVault()];
  heard.length = 0;
});
afterEach(async () => {
  await kms[Symbol.asyncDispose]();
  await vault[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true, force: true });
});

const dataKey = Buffer.alloc(32, 7);
const open = async (env: Record<string, string | undefined>) => {
  const { config, secrets } = readConfig({ ONRECORD_DATA: dir, ...env });
  const keys = await Keyring.open(config.dataDir, config.keys, secrets.keys);
  keys.watch((provider, lost) => heard.push(`${provider} ${lost === null ? "back" : "lost"}`));
  return keys;
};
const services = {
  "aws-kms": { env: () => ({ ...kms.env, ...kmsCredentials, ONRECORD_KEYS: "aws-kms" }), stub: () => kms },
  vault: { env: () => ({ ...vault.env, ONRECORD_KEYS: "vault" }), stub: () => vault },
};
const names = Object.keys(services) as (keyof typeof services)[];

describe.each(names)("keys of %s", (name) => {
  const env = () => services[name].env();
  const stub = () => services[name].stub();

  it("wrap for one document, and open in another process as that document's alone; no key file is made", async () => {
    const wrapped = await (await open(env())).wrap(dataKey, "key:d");
    const other = await open(env());
    expect(await other.unwrap(wrapped, "key:d")).toEqual(dataKey);
    await expect(other.unwrap(wrapped, "key:e")).rejects.toMatchObject({
      code: "INTERNAL",
      message: expect.stringContaining("altered or moved"),
    });
    expect(unpackWrapped(wrapped).keyId).toBe((await other.ids()).current);
    expect(wrapped.includes(dataKey)).toBe(false);
    expect(readdirSync(dir)).toEqual([]);
  });

  it("are opened once, for all who ask at once, and serve on while the service is away; what is new waits", async () => {
    const keys = await open(env());
    const wrapped = await keys.wrap(dataKey, "c");
    const other = await keys.wrap(dataKey, "d");
    await keys.check();
    const before = stub().requests.length;
    for (const opened of await Promise.all([1, 2, 3].map(() => keys.unwrap(wrapped, "c")))) opened.fill(0);
    expect(stub().requests.length).toBe(before + 1);
    stub().always = "cut";
    expect(await keys.unwrap(wrapped, "c")).toEqual(dataKey);
    for (const asked of [() => keys.unwrap(other, "d"), () => keys.wrap(dataKey, "e")])
      await expect(asked()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    // Told once, however many ask; and not asked again by everybody who waits.
    expect(stub().requests.length).toBeLessThanOrEqual(before + 1 + 3);
    expect(heard).toEqual([`${name} lost`]);
  });

  it.each<[string, () => StubAnswer[]]>([
    ["a cut line", () => ["cut", "cut"]],
    ["no answer", () => ["silent"]],
    ["errors of the service", () => [{ status: 500, json: {} }, { status: 503 }]],
    [
      "being asked too much",
      () =>
        name === "vault"
          ? [{ status: 429, json: { errors: ["request path: rate limit quota exceeded"] } }]
          : [{ status: 400, json: { __type: "ThrottlingException", message: "Rate exceeded" } }],
    ],
  ])("are asked for again after %s", async (_what, faults) => {
    const keys = await open(env());
    stub().faults.push(...faults());
    expect(await keys.unwrap(await keys.wrap(dataKey, "c"), "c")).toEqual(dataKey);
    expect(heard).toEqual([]);
  });

  it("come back when the service does, and that is told", async () => {
    const broken = await open(env());
    stub().always =
      name === "vault" ? sealedVault : { status: 500, json: { __type: "KMSInternalException" } };
    await expect(broken.check()).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringMatching(name === "vault" ? /Vault is sealed/ : /KMSInternalException/),
    });
    stub().always = undefined;
    await expect
      .poll(() => broken.wrap(dataKey, "c").catch(() => undefined), { timeout: 20_000 })
      .toBeDefined();
    expect(heard).toEqual([`${name} lost`, `${name} back`]);
  });

  it("are proven, and what the service did is counted: done, away, refused", async () => {
    const keys = await open(env());
    const health = () => keys.health.get(name);
    expect(health()).toEqual({ up: undefined, lastSuccess: undefined, failures: { away: 0, refused: 0 } });
    await keys.prove();
    expect(health()).toMatchObject({ up: true, lastSuccess: expect.any(Number) });
    const denied = { json: { __type: "AccessDeniedException", errors: ["permission denied"] } };
    stub().always = { status: name === "vault" ? 403 : 400, ...denied };
    await expect(keys.prove()).rejects.toMatchObject({ kind: "refused" });
    expect(health()).toMatchObject({ up: false, failures: { away: 0, refused: 1 } });
    stub().always = "cut";
    await expect(keys.prove()).rejects.toMatchObject({ kind: "away" });
    expect(health()).toMatchObject({ up: false, failures: { away: 1, refused: 1 } });
    stub().always = undefined;
    await expect
      .poll(
        () =>
          keys.prove().then(
            () => health()?.up,
            () => undefined,
          ),
        { timeout: 20_000 },
      )
      .toBe(true);
  });

  it("of a page that is no such service are refused as that", async () => {
    const keys = await open(env());
    stub().always = { status: 200, text: "<!doctype html><title>Sign in</title>" };
    for (const asked of [() => keys.check(), () => keys.wrap(dataKey, "c")])
      await expect(asked()).rejects.toThrow(/what answers there is no (Vault|KMS), it sends no JSON/);
  });

  it("follow no redirection, which would carry the credential away", async () => {
    await using elsewhere = await startStub(() => ({ status: 200, json: {} }));
    const faulty = await startStub(() => ({ status: 307, json: {} }));
    await using _ = faulty;
    const variable = name === "vault" ? "VAULT_ADDR" : "ONRECORD_KMS_ENDPOINT";
    const keys = await open({ ...env(), [variable]: faulty.url });
    await expect(keys.wrap(dataKey, "c")).rejects.toMatchObject({ code: "INTERNAL" });
    expect(elsewhere.requests).toEqual([]);
  });
});

describe("keys of AWS KMS", () => {
  const env = () => services["aws-kms"].env();

  it("are refused by name: a disabled key, one that waits to be deleted, a wrong secret", async () => {
    const keys = await open(env());
    const wrapped = await keys.wrap(dataKey, "c");
    const arn = (await keys.ids()).current.slice("aws-kms:".length);
    kms.setState(arn, "Disabled");
    await expect(keys.check()).rejects.toThrow("Disabled");
    await expect((await open(env())).unwrap(wrapped, "c")).rejects.toThrow("DisabledException at Decrypt");
    kms.setState(arn, "PendingDeletion");
    await expect(keys.wrap(dataKey, "c")).rejects.toThrow("KMSInvalidStateException");
    await expect((await open({ ...env(), AWS_SECRET_ACCESS_KEY: "other" })).check()).rejects.toThrow(
      "InvalidSignatureException",
    );
    kms.always = { status: 400, json: { __type: "AccessDeniedException", Message: "not authorized" } };
    await expect(keys.wrap(dataKey, "c")).rejects.toThrow("AccessDeniedException at Encrypt");
  });

  it("of another account open nothing here: whoever writes to the database could name one of theirs", async () => {
    const arn = kms.newKey("999988887777");
    const theirs = await (await open(env())).wrap(dataKey, "c");
    expect(unpackWrapped(theirs).keyId).toBe(`aws-kms:${arn}`);
    kms.newKey();
    await expect((await open(env())).unwrap(theirs, "c")).rejects.toThrow(
      "no key of ONRECORD_KMS_KEY's account",
    );
  });

  it("change when the alias is turned; what the one before wrapped opens still", async () => {
    const keys = await open(env());
    const old = await keys.wrap(dataKey, "c");
    const arn = kms.newKey();
    expect((await keys.ids()).current).toBe(`aws-kms:${arn}`);
    expect(unpackWrapped(await keys.wrap(dataKey, "c")).keyId).toBe(`aws-kms:${arn}`);
    expect(await keys.unwrap(old, "c")).toEqual(dataKey);
    await expect(keys.prepare()).rejects.toThrow("turn its alias");
  });

  it("take credentials from a container and from a machine, with the tokens that those want", async () => {
    kms.sessionToken = "a session's";
    const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, ...rest } = env();
    const role = {
      AccessKeyId: id,
      SecretAccessKey: secret,
      Token: "a session's",
      Expiration: new Date(Date.now() + 3_600_000).toISOString(),
    };
    const tokenFile = join(dir, "pod-token");
    writeFileSync(tokenFile, "of the pod\n");
    await using container = await startStub(({ headers }) =>
      headers.authorization === "of the pod" ? { status: 200, json: role } : { status: 401 },
    );
    const inContainer = await open({
      ...rest,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${container.url}/v1`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: tokenFile,
    });
    expect(await inContainer.unwrap(await inContainer.wrap(dataKey, "c"), "c")).toEqual(dataKey);
    expect(container.requests).toHaveLength(1);

    // The instance's service speaks text but for the credentials themselves.
    const text = (path: string) =>
      path.endsWith("/token") ? "a metadata token" : path.endsWith("/") ? "onrecord-role" : role;
    await using machine = await startStub(({ path, method, headers }) => {
      const mayAsk = path.endsWith("/token")
        ? method === "PUT"
        : headers["x-aws-ec2-metadata-token"] === '"a metadata token"';
      return mayAsk ? { status: 200, json: text(path) } : { status: 401 };
    });
    const onMachine = await open({ ...rest, AWS_EC2_METADATA_SERVICE_ENDPOINT: machine.url });
    expect(await onMachine.unwrap(await onMachine.wrap(dataKey, "c"), "c")).toEqual(dataKey);
    const none = await open({ ...rest, AWS_EC2_METADATA_DISABLED: "true" });
    await expect(none.check()).rejects.toThrow("no AWS credentials");
  });

  it("are asked for again with new credentials when the old ones have ended", async () => {
    kms.faults.push({
      status: 400,
      json: { __type: "ExpiredTokenException", message: "The security token is expired" },
    });
    await (await open(env())).check();
    expect(kmsCredentials.AWS_ACCESS_KEY_ID).toBe(env().AWS_ACCESS_KEY_ID);
  });
});

describe("keys of Vault", () => {
  const env = () => services.vault.env();

  it("rotate in Vault: the next is a new version, and older ones open until Vault says no", async () => {
    const keys = await open(env());
    const old = await keys.wrap(dataKey, "c");
    expect(await keys.prepare()).toBe("vault:team/transit/onrecord:v2");
    expect(vault.versions()).toBe(1);
    await keys.useNext();
    expect((await keys.ids()).current).toBe("vault:team/transit/onrecord:v2");
    expect(await keys.unwrap(old, "c")).toEqual(dataKey);
    vault.minDecryptionVersion = 2;
    await expect((await open(env())).unwrap(old, "c")).rejects.toThrow("too old");
  });

  it("take the token from a file, each time anew; a wrong one is a refusal and no outage", async () => {
    const tokenFile = join(dir, "token");
    writeFileSync(tokenFile, "hvs.old\n");
    const keys = await open({ ...env(), VAULT_TOKEN: undefined, ONRECORD_VAULT_TOKEN_FILE: tokenFile });
    await expect(keys.check()).rejects.toMatchObject({
      code: "INTERNAL",
      message: expect.stringContaining("permission denied"),
    });
    writeFileSync(tokenFile, `${vault.token}\n`);
    await keys.check();
    await expect((await open({ ...env(), VAULT_NAMESPACE: "other" })).check()).rejects.toThrow(
      "permission denied",
    );
    expect(heard).toEqual([]);
  });

  it("of another mount, or of a path that is none, are not asked for", async () => {
    const keys = await open(env());
    const { body } = unpackWrapped(await keys.wrap(dataKey, "c"));
    const before = vault.requests.length;
    for (const id of [
      "vault:other/onrecord:v1",
      "vault:team/transit/..:v1",
      "vault:sys/seal",
      "vault:team/transit/x/../../sys:v1",
    ]) {
      const forged = Buffer.concat([Buffer.from([id.length]), Buffer.from(id), body]);
      await expect(keys.unwrap(forged, "c")).rejects.toThrow("no key of ONRECORD_VAULT_MOUNT");
    }
    expect(vault.requests.length).toBe(before);
  });
});

describe("keys from several places", () => {
  it("open whatever any of them wrapped; without the settings of one, a sentence names it", async () => {
    const all = { ...kms.env, ...vault.env };
    const wrapped = [];
    for (const ONRECORD_KEYS of ["file", "aws-kms", "vault"])
      wrapped.push(await (await open({ ...all, ONRECORD_KEYS })).wrap(dataKey, "c"));
    const keys = await open({ ...all, ONRECORD_KEYS: "file" });
    for (const each of wrapped) expect(await keys.unwrap(each, "c")).toEqual(dataKey);
    const alone = await open({});
    await expect(alone.unwrap(wrapped[1]!, "c")).rejects.toThrow(
      /is wrapped by "aws-kms:arn.*not told how to reach aws-kms/,
    );
  });

  it.each<[string, Record<string, string>, string]>([
    ["a name that is none", { ONRECORD_KEYS: "kms" }, "must be one of file, aws-kms, vault"],
    ["no key", { ONRECORD_KEYS: "aws-kms" }, "ONRECORD_KMS_KEY"],
    ["no region", { ONRECORD_KMS_KEY: "alias/x" }, "AWS_REGION"],
    ["half of a credential", { AWS_ACCESS_KEY_ID: "x" }, "or neither"],
    ["no address", { ONRECORD_VAULT_KEY: "x", VAULT_TOKEN: "t" }, "VAULT_ADDR"],
    ["no token", { ONRECORD_VAULT_KEY: "x", VAULT_ADDR: "https://v" }, "ONRECORD_VAULT_TOKEN_FILE"],
    [
      "keys over the network in clear",
      { ONRECORD_VAULT_KEY: "x", VAULT_ADDR: "http://vault.internal:8200", VAULT_TOKEN: "t" },
      "VAULT_ADDR must be a URL that starts with https://",
    ],
    [
      "KMS in clear, at a name that only looks like this machine's",
      { ONRECORD_KMS_KEY: "k", AWS_REGION: "r", ONRECORD_KMS_ENDPOINT: "http://127.0.0.1.example.com" },
      "ONRECORD_KMS_ENDPOINT",
    ],
    [
      "names that are too long for a row",
      { ONRECORD_VAULT_KEY: "x".repeat(201), VAULT_ADDR: "https://v", VAULT_TOKEN: "t" },
      "at most 200 characters",
    ],
    [
      "a key that is a path",
      { ONRECORD_VAULT_KEY: "../sys/x", VAULT_ADDR: "https://v", VAULT_TOKEN: "t" },
      "ONRECORD_VAULT_KEY",
    ],
  ])("are configured, or the start is refused: %s", (_what, env, sentence) => {
    expect(() => readConfig(env)).toThrow(sentence);
  });

  it("say one thing of an address that is wrong", () => {
    const env = { ONRECORD_VAULT_KEY: "x", VAULT_ADDR: "http://vault.internal:8200", VAULT_TOKEN: "t" };
    expect(() => readConfig(env)).not.toThrow(/Set VAULT_ADDR/);
    expect(() => readConfig(env)).toThrow(/VAULT_ADDR must be/);
  });
});
