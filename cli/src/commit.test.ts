import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { checkedOut } from "./commit.js";

it("knows the commit of a clone, however its branches are kept, and of nothing else none", async () => {
  await using made = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), "onrecord-clone-"));
  made.defer(() => rm(dir, { recursive: true, force: true }));
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b.test", ...args], {
      cwd: dir,
      encoding: "utf8",
    }).trim();
  expect(checkedOut(dir)).toBeUndefined();
  git("init", "--quiet");
  expect(checkedOut(dir)).toBeUndefined();
  git("commit", "--quiet", "--allow-empty", "--message", "one");
  const id = git("rev-parse", "HEAD");
  expect(checkedOut(dir)).toBe(id);
  git("pack-refs", "--all");
  expect(checkedOut(dir)).toBe(id);
  git("checkout", "--quiet", "--detach");
  expect(checkedOut(dir)).toBe(id);
  await writeFile(join(dir, ".git", "HEAD"), "ref: refs/../../secret\n");
  expect(checkedOut(dir)).toBeUndefined();
  await writeFile(join(dir, "commit.txt"), `${id}\n`);
  expect(checkedOut(dir)).toBe(id);
});
