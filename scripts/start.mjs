import { build } from "./build.mjs";
import { main } from "./failure.mjs";
import { onrecord } from "./onrecord.mjs";
import { prepare } from "./prepare.mjs";

/** `npm start`: from a fresh clone to a running Onrecord. Arguments are those of `onrecord start`. */
await main(async () => {
  const node = await prepare();
  await build(node);
  await onrecord(node, ["start", ...process.argv.slice(2)]);
});
