import { existsSync } from "node:fs";
import { run } from "./campaigns.js";
import { readOptions } from "./options.js";
import { formatVerdict } from "./verdict.js";

const options = readOptions(process.argv.slice(2));
if (typeof options === "string") {
  process.stdout.write(options);
} else {
  const tell = (line: string) => process.stderr.write(`${line}\n`);
  tell(`${options.campaign}, seed ${options.seed}`);
  if (!existsSync(options.traces))
    tell(`There are no traces at ${options.traces}: made-up sessions take their place.`);
  const verdict = await run(options, tell);
  process.stdout.write(`${options.json ? JSON.stringify(verdict) : formatVerdict(verdict)}\n`);
  process.exitCode = verdict.faults.length === 0 ? 0 : 1;
}
