import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { handOver } from "./hand-over.mjs";
import { root } from "./prepare.mjs";

const command = join(root, "cli", "dist", "main.js");

/** Whether the `onrecord` command has been built. */
export function isBuilt() {
  return existsSync(command);
}

/** Runs the built `onrecord` command in our place, in the directory we were called from. */
export function onrecord(node, args) {
  // A Node newer than the pinned one may still call SQLite, which locks the data directory, experimental. What is made and dropped
  // within a turn has no use for a larger heap of the young, which V8 would let grow and never give back.
  const flags = readFileSync(join(root, "cli", "node-flags.txt"), "utf8")
    .trim()
    .split("\n");
  // The clone's data is the same from wherever in the clone the command is run.
  const env = { ONRECORD_DATA: join(root, ".onrecord"), ...process.env };
  return handOver(node, [...flags, command, ...args], { env });
}
