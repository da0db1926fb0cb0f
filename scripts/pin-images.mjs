import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { main } from "./failure.mjs";
import { root } from "./prepare.mjs";

/** Where images are named, and how. */
const places = [
  ["Dockerfile", /^FROM ([\w./-]+:[\w.-]+)(?:@sha256:[0-9a-f]{64})?/gm],
  ["docker-compose.yml", /^ +image: ([\w./-]+:[\w.-]+)(?:@sha256:[0-9a-f]{64})?$/gm],
];

/** What was asked already: a digest, or undefined where there was no answer. */
const known = new Map();

/**
 * `npm run pin-images`: puts behind the tag of each base image the digest that its registry has for it today, by Docker's own client.
 * Where none answers, the file stays as it is and that is told: a tag alone is exact, but its registry could exchange it.
 */
await main(() => {
  for (const [file, pattern] of places) {
    const path = join(root, file);
    const text = readFileSync(path, "utf8");
    const pinned = text.replaceAll(pattern, (whole, image) => {
      const digest = digestOf(image);
      process.stdout.write(
        `${file}: ${image} ${digest ?? "has no answer from its registry, and stays as it is"}\n`,
      );
      return digest === undefined ? whole : `${whole.split("@")[0]}@${digest}`;
    });
    if (pinned !== text) writeFileSync(path, pinned);
  }
});

function digestOf(image) {
  if (!known.has(image)) {
    const args = ["buildx", "imagetools", "inspect", "--format", "{{.Manifest.Digest}}", image];
    const { stdout, status } = spawnSync("docker", args, { encoding: "utf8", timeout: 60_000 });
    const digest = stdout?.trim();
    known.set(image, status === 0 && /^sha256:[0-9a-f]{64}$/.test(digest) ? digest : undefined);
  }
  return known.get(image);
}
