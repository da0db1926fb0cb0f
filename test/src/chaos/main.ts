import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { fuzz } from "./fuzz/fuzz.js";
import { seedFrom } from "./random.js";
import { formatVerdict } from "./verdict.js";

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    frames: { type: "string", default: "20000" },
    seed: { type: "string" },
    storm: { type: "string", default: "10000" },
    attackers: { type: "string", default: "24" },
  },
});
const seed = seedFrom(values.seed);
const traces = fileURLToPath(new URL("../../../../shared/data/traces", import.meta.url));
console.error("seed", seed);
const verdict = await fuzz({
  seed,
  frames: Number(values.frames),
  storm: Number(values.storm),
  attackers: Number(values.attackers),
  traces,
  onProgress: (l) => process.stderr.write(`${l}\n`),
});
console.log(formatVerdict(verdict));
