import { randomBytes } from "node:crypto";
import { link, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serviceSecret } from "@onrecord/core/service-secret";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
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
  /** The id in front of a wrapped key. */
  const keyOf = (wrapped: Buffer) => wrapped.subarray(1, 1 + wrapped[0]!).toString();

  it("wraps data keys under a key that only this user may read", async () => {
    const keys = await FileKeyProvider.open(dataDir);
    const dataKey = randomBytes(32);
    const wrapped = await keys.wrap(dataKey, "key:d");
    expect(await keys.unwrap(wrapped, "key:d")).toEqual(dataKey);
    await expect(keys.unwrap(wrapped, "key:other")).rejects.toThrow();
    expect((await stat(path())).mode & 0o777).toBe(0o600);
    expect(await readdir(dataDir)).toEqual(["keys.json"]);
  });

  it("change under a running process: it finds new keys, wraps with the one in use, and opens what is old until it is removed", async () => {
    const dataKey = randomBytes(32);
    const running = await FileKeyProvider.open(dataDir);
    const old = await running.wrap(dataKey, "c");
    const { current: first } = await running.ids();
    const operator = await FileKeyProvider.open(dataDir);
    const second = await operator.prepare();
    // Prepared twice, as after a crash, it is the same one, and nothing uses it.
    expect(await operator.prepare()).toBe(second);
    expect(keyOf(await running.wrap(dataKey, "c"))).toBe(first);
    await operator.useNext();
    const fresh = await operator.wrap(dataKey, "c");
    expect(keyOf(fresh)).toBe(second);
    expect(await running.unwrap(fresh, "c")).toEqual(dataKey);
    expect(await running.unwrap(old, "c")).toEqual(dataKey);
    expect(await running.ids()).toEqual({ current: second, next: undefined, all: [first, second] });
    await expect(operator.useNext()).rejects.toMatchObject({ code: "CONFLICT" });
    await operator.remove(first);
    expect(keyOf(await running.wrap(dataKey, "c"))).toBe(second);
    const without = await FileKeyProvider.open(dataDir);
    expect(await without.unwrap(fresh, "c")).toEqual(dataKey);
    await expect(without.unwrap(old, "c")).rejects.toThrow(`"${first}" is not in the key file`);
    expect((await stat(path())).mode & 0o777).toBe(0o600);
    expect(await readdir(dataDir)).toEqual(["keys.json"]);
  });

  it("stay whole whenever a change of them is broken off: the file is replaced, never written into", async () => {
    const keys = await FileKeyProvider.open(dataDir);
    const wrapped = await keys.wrap(Buffer.from("k"), "c");
    const before = await readFile(path(), "utf8");
    const reader = await open(path());
    await keys.prepare();
    // Whoever had it open still reads the old text to its end.
    expect(await reader.readFile("utf8")).toBe(before);
    await reader.close();
    // What a crash leaves beside it harms nobody.
    await writeFile(`${path()}.draft`, "{");
    expect(await (await FileKeyProvider.open(dataDir)).unwrap(wrapped, "c")).toEqual(Buffer.from("k"));
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
    ["a next key that is not there", `{"current":"a","next":"b","keys":{"a":"${"A".repeat(43)}="}}`],
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
