import { createContext, onLogin } from "@onrecord/context/context";
import { createLogger } from "@onrecord/core/log";
import { createDemoFirm } from "../demo-firm.js";
import { readEnvironment } from "../env.js";
import { print, tell } from "../output.js";

/** `onrecord migrate`: brings the database forward to this build; with ONRECORD_DEMO=1, an empty one gets the demo firm. */
export async function migrate(): Promise<void> {
  const { config, secrets } = readEnvironment();
  const onProgress = (step: string) => tell(`Onrecord is ${step} …`);
  await using context = await createContext(config, secrets, createLogger(config.logLevel), {
    beside: true,
    onProgress,
  });
  if (config.demoAsked) await createDemoFirm(onLogin(context, "operator"), onProgress);
  const rows = await context.db.query<{ name: string }>(
    "select name from onrecord.migration order by name desc limit 1",
  );
  print(`The database is at ${rows[0]?.name}.`);
}
