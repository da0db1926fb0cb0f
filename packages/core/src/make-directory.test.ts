import { existsSync } from "node:fs";
import { mkdtemp, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeDirectory } from "./make-directory.js";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "onrecord-make-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe("a directory", () => {
  it("is made with all above it, once, by whoever comes first", async () => {
    const path = join(root, "a/b/c");
    expect(await Promise.all([makeDirectory(path), makeDirectory(path)])).toContain(true);
    expect((await stat(path)).isDirectory()).toBe(true);
    expect(await makeDirectory(path)).toBe(false);
    await symlink(path, join(root, "link"));
    expect(await makeDirectory(join(root, "link"))).toBe(false);
    expect(await makeDirectory(join(root, "link/d"))).toBe(true);
  });

  it("is refused where a file is in the way", async () => {
    await writeFile(join(root, "file"), "");
    await expect(makeDirectory(join(root, "file"))).rejects.toMatchObject({ code: "EEXIST" });
    await expect(makeDirectory(join(root, "file/a"))).rejects.toMatchObject({ code: "ENOTDIR" });
  });

  it.skipIf(!existsSync("/proc/self"))("is refused where the system makes none (Linux's /proc)", async () => {
    await expect(makeDirectory("/proc/onrecord/data")).rejects.toMatchObject({ code: "ENOENT" });
  });
});
