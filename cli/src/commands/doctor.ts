import { checkContents } from "../doctor/check-contents.js";
import { checkDatabase, fault } from "../doctor/check-database.js";
import { checkDataDir, checkPort, type Finding } from "../doctor/checks.js";
import { readEnvironment } from "../env.js";
import { print, printJson } from "../output.js";

/** `onrecord doctor`: looks at everything a start needs, one line each; exit code 1 when something is wrong. */
export async function doctor({ json }: { json?: boolean }): Promise<void> {
  const findings = await examine();
  if (json) printJson(findings);
  else for (const { check, ok, text } of findings) print(`${ok ? "ok  " : "BAD "} ${check}: ${text}`);
  if (findings.some(({ ok }) => !ok)) process.exitCode = 1;
}

async function examine(): Promise<Finding[]> {
  let environment: ReturnType<typeof readEnvironment>;
  try {
    environment = readEnvironment();
  } catch (error) {
    return [fault("configuration", error)];
  }
  const { config, secrets } = environment;
  return [
    { check: "configuration", ok: true, text: config.production ? "for production" : "for development" },
    await checkDataDir(config.dataDir),
    ...(await checkDatabase(config, secrets).catch((error: unknown) => [fault("database", error)])),
    ...(await checkContents(config, secrets).catch((error: unknown) => [fault("keys", error)])),
    await checkPort(config),
  ];
}
