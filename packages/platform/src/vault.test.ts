import { randomBytes } from "node:crypto";
import { link, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { serviceSecret } from "./service-secret.js";
import { FileKeyProvider, seal, unseal } from "./vault.js";

describe("sealing", () => {
  const key = randomBytes(32);
  const plain = Buffer.from("the offer price is 12.40");

  it("opens with the same key and context, and hides the content", () => {
    const sealed = seal(key, plain, "change:d:1");
    expect(sealed.includes(plain)).toBe(false);
    expect(unseal(key, sealed, "change:d:1")).toEqual(plain);
    expect(seal(key, plain, "change:d:1")).not.toEqual(sealed);
    expect(unseal(key, seal(key, Buffer.alloc(0), "c"), "c")).toHaveLength(0);
  });

  it("does not open with another key, in another context, or with any bit changed", () => {
    const sealed = seal(key, plain, "change:d:1");
    expect(() => unseal(randomBytes(32), sealed, "change:d:1")).toThrow();
    expect(() => unseal(key, sealed, "change:d:2")).toThrow();
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => unseal(key, changed, "change:d:1"), `bit ${bit}`).toThrow();
    }
  });

  it("does not open when cut short anywhere, not even to a shorter tag", () => {
    for (const content of [plain, Buffer.alloc(0)]) {
      const sealed = seal(key, content, "c");
      for (let length = 0; length < sealed.length; length++)
        expect(() => unseal(key, sealed.subarray(0, length), "c"), `${length} bytes`).toThrow();
    }
  });
});

describe("the kept secrets", () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "onrecord-vault-"));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  const path = () => join(dataDir, "keys.json");
  const fileOf = async () =>
    JSON.parse(await readFile(path(), "utf8")) as { current: string; keys: Record<string, string> };

  it("wraps data keys under a key that only this user may read", async () => {
    const keys = await FileKeyProvider.open(dataDir);
    const dataKey = randomBytes(32);
    const wrapped = await keys.wrap(dataKey, "key:d");
    expect(await keys.unwrap(wrapped, "key:d")).toEqual(dataKey);
    await expect(keys.unwrap(wrapped, "key:other")).rejects.toThrow();
    expect((await stat(path())).mode & 0o777).toBe(0o600);
    expect(await readdir(dataDir)).toEqual(["keys.json"]);
  });

  it("opens old wraps after a rotation, and wraps under the new key", async () => {
    const dataKey = randomBytes(32);
    const old = await (await FileKeyProvider.open(dataDir)).wrap(dataKey, "c");
    const file = await fileOf();
    file.keys["kek-2"] = randomBytes(32).toString("base64");
    await writeFile(path(), JSON.stringify({ ...file, current: "kek-2" }));
    const keys = await FileKeyProvider.open(dataDir);
    expect(await keys.unwrap(old, "c")).toEqual(dataKey);
    const fresh = await keys.wrap(dataKey, "c");
    expect(fresh.subarray(1, 6).toString()).toBe("kek-2");
    delete file.keys["kek-1"];
    await writeFile(path(), JSON.stringify({ ...file, current: "kek-2" }));
    const without = await FileKeyProvider.open(dataDir);
    expect(await without.unwrap(fresh, "c")).toEqual(dataKey);
    await expect(without.unwrap(old, "c")).rejects.toThrow(/"kek-1" is not in the key file/);
  });

  it("are the same for all who make them at once", async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => FileKeyProvider.open(dataDir)));
    const wrapped = await all[0]!.wrap(Buffer.from("k"), "c");
    for (const keys of all) expect(await keys.unwrap(wrapped, "c")).toEqual(Buffer.from("k"));
    const secrets = await Promise.all(Array.from({ length: 8 }, () => serviceSecret(dataDir, undefined)));
    expect(new Set(secrets).size).toBe(1);
    expect((await readdir(dataDir)).sort()).toEqual(["keys.json", "service.secret"]);
  });

  it("survive a start that crashed between keeping its draft and removing it", async () => {
    const wrapped = await (await FileKeyProvider.open(dataDir)).wrap(Buffer.from("k"), "c");
    await link(path(), `${path()}.${process.pid}`);
    expect(await (await FileKeyProvider.open(dataDir)).unwrap(wrapped, "c")).toEqual(Buffer.from("k"));
  });

  it.each([
    ["no JSON", "{"],
    ["no key", `{"current":"kek-1","keys":{}}`],
    ["a short key", `{"current":"kek-1","keys":{"kek-1":"AAAA"}}`],
    ["a name of every object", `{"current":"constructor","keys":{}}`],
  ])("are refused at the start with the path when the file holds %s", async (_what, text) => {
    await writeFile(path(), text);
    await expect(FileKeyProvider.open(dataDir)).rejects.toMatchObject({
      code: "BAD_CONFIG",
      message: expect.stringContaining(path()),
    });
  });

  it("stay across starts, unless the secret is configured", async () => {
    const made = await serviceSecret(join(dataDir, "deep", "er"), undefined);
    expect(made.length).toBeGreaterThanOrEqual(32);
    expect(await serviceSecret(join(dataDir, "deep", "er"), undefined)).toBe(made);
    expect(await serviceSecret(dataDir, "configured")).toBe("configured");
    expect((await stat(join(dataDir, "deep", "er", "service.secret"))).mode & 0o777).toBe(0o600);
  });

  it("are refused when the service secret was emptied", async () => {
    await writeFile(join(dataDir, "service.secret"), "");
    await expect(serviceSecret(dataDir, undefined)).rejects.toMatchObject({ code: "BAD_CONFIG" });
  });
});
