import { randomUUID } from "node:crypto";
import { chown, link, open, readFile, rename, stat, unlink, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { makeDirectory } from "./make-directory.js";

/**
 * Reads a secret file, or makes it (mode 0600) with what `create` returns. Of several processes that make it at once, one wins and
 * all read the same.
 */
export async function readOrCreate(path: string, create: () => string): Promise<string> {
  const kept = await readFile(path, "utf8").catch(unless("ENOENT"));
  if (kept !== undefined) return kept;
  await makeDirectory(dirname(path));
  // A name that nobody had before: process ids come again (in a container always), and a draft that a crash left behind is the
  // same file as the one that was kept, so writing into it would replace the secret.
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeFile(draft, create(), { mode: 0o600, flush: true, flag: "wx" });
    // link() never replaces.
    await link(draft, path).catch(unless("EEXIST"));
  } finally {
    await unlink(draft).catch(unless("ENOENT"));
  }
  return readFile(path, "utf8");
}

/** Puts a secret file (mode 0600) where there is none; one that is there stays. */
export async function keepFile(path: string, text: string): Promise<void> {
  await readOrCreate(path, () => text);
}

/** Replaces a secret file: whatever happens meanwhile, the old text or the new one is there, whole. */
export async function replaceKept(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeFile(draft, text, { mode: 0o600, flush: true, flag: "wx" });
    // An administrator must not take the file away from the user whom the services run as.
    const { uid, gid } = await stat(path);
    await chown(draft, uid, gid);
    await rename(draft, path);
  } finally {
    await unlink(draft).catch(unless("ENOENT"));
  }
  // The name, too, must survive a loss of power.
  await using directory = await open(dirname(path));
  await directory.sync();
}

function unless(code: string): (error: NodeJS.ErrnoException) => undefined {
  return (error) => {
    if (error.code !== code) throw error;
  };
}
