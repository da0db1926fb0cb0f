import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the repository. */
export const root = fileURLToPath(new URL("../../../", import.meta.url));

/** The text of a file of the repository. */
export function file(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** What is wrong with how an image is named: its tag must say one build, so that nobody gets another one tomorrow. */
export function imageFaults(image: string): string[] {
  return /^[\w./-]+:v?\d+\.\d+(\.\d+)?[\w.-]*(@sha256:[0-9a-f]{64})?$/.test(image)
    ? []
    : [`${image} does not name one build: give major, minor and patch, or a digest.`];
}
