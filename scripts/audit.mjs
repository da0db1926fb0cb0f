import { spawnSync } from "node:child_process";
import { main } from "./failure.mjs";
import { environment, prepare, root } from "./prepare.mjs";

/**
 * `npm run audit`: asks the registry for known vulnerabilities of what an installation runs. High and critical ones end it with 1. Where
 * none answers, that is told and nothing fails: a gate must not depend on somebody else's server.
 */
await main(async () => {
  const env = environment(await prepare());
  const args = ["audit", "--json", "--omit=dev", "--audit=true"];
  const { stdout } = spawnSync("npm", args, {
    cwd: root,
    env,
    encoding: "utf8",
    timeout: 60_000,
    maxBuffer: 1 << 28,
  });
  const found = read(stdout);
  if (found === undefined)
    return void process.stdout.write("! no registry tells of vulnerabilities here; the audit is skipped\n");
  const grave = Object.values(found).filter(({ severity }) => severity === "high" || severity === "critical");
  for (const { name, severity, range } of grave) process.stdout.write(`${severity}: ${name} ${range}\n`);
  process.stdout.write(
    `${Object.keys(found).length} packages with known vulnerabilities, ${grave.length} of them high or critical\n`,
  );
  if (grave.length > 0) process.exitCode = 1;
});

function read(text) {
  try {
    return JSON.parse(text).vulnerabilities;
  } catch {
    return undefined;
  }
}
