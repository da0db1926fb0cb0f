import { build } from "./build.mjs";
import { main } from "./failure.mjs";
import { handOver } from "./hand-over.mjs";
import { environment, prepare, root } from "./prepare.mjs";

/** `npm run bench`: the benchmarks, from sources but on a built product. Arguments are theirs. */
await main(async () => {
  const node = await prepare();
  await build(node);
  const args = ["--import", "tsx", "--conditions=source", "bench/src/main.ts", ...process.argv.slice(2)];
  await handOver(node, args, { cwd: root, env: environment(node) });
});
