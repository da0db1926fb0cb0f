import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The commit that is checked out where this program lies, or that was when it was shipped from there; undefined where nobody knows. */
export function checkedOut(clone = root): string | undefined {
  const shipped = join(clone, "commit.txt");
  if (existsSync(shipped)) return idIn(readFileSync(shipped, "utf8").trim());
  const read = (path: string) => readFileSync(join(clone, ".git", path), "utf8").trim();
  try {
    const head = read("HEAD");
    const [, ref] = /^ref: (refs\/[\w./-]+)$/.exec(head) ?? [];
    return idIn(ref === undefined ? head : refIn(ref, read));
  } catch {
    return undefined;
  }
}

/** A branch stands in a file of its own, or with others in one. */
function refIn(ref: string, read: (path: string) => string): string {
  try {
    return read(ref);
  } catch {
    const line = read("packed-refs")
      .split("\n")
      .find((line) => line.endsWith(` ${ref}`));
    return line?.split(" ")[0] ?? "";
  }
}

function idIn(text: string): string | undefined {
  return /^[0-9a-f]{40,64}$/.test(text) ? text : undefined;
}
