#!/usr/bin/env node
import { build } from "../../scripts/build.mjs";
import { main } from "../../scripts/failure.mjs";
import { isBuilt, onrecord } from "../../scripts/onrecord.mjs";
import { prepare } from "../../scripts/prepare.mjs";

/** `onrecord`: runs the built command under the pinned Node, whatever Node `npx` was run with. */
await main(async () => {
  const node = await prepare();
  if (!isBuilt()) await build(node);
  await onrecord(node, process.argv.slice(2));
});
