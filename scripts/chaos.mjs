import { build } from "./build.mjs";
import { main } from "./failure.mjs";
import { handOver } from "./hand-over.mjs";
import { environment, prepare, root } from "./prepare.mjs";

/** `npm run chaos`: the campaigns, from sources but against a built product. Arguments are theirs. */
await main(async () => {
  const node = await prepare();
  await build(node);
  const args = ["--import", "tsx", "--conditions=source", "test/src/chaos/main.ts", ...process.argv.slice(2)];
  await handOver(node, args, { cwd: root, env: environment(node) });
});
