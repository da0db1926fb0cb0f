import { createContext, onLogin } from "@onrecord/context/context";
import { createLogger } from "@onrecord/core/log";
import { createDemoFirm } from "../demo-firm.js";
import { readEnvironment } from "../env.js";
import { print } from "../output.js";
import type { Voice } from "../serving.js";

/** `onrecord migrate`: brings the database forward to this build; with ONRECORD_DEMO=1, an empty one gets the demo firm. */
export async function migrate(voice: Voice): Promise<void> {
  const { config, secrets } = readEnvironment();
  const onProgress = (step: string) => voice.progress(step);
  await using context = await createContext(config, secrets, createLogger(config.logLevel, config.nodeName), {
    beside: true,
    onProgress,
  });
  if (config.demoAsked) await createDemoFirm(onLogin(context, "operator"), onProgress);
  const rows = await context.db.query<{ name: string }>(
    "select name from onrecord.migration order by name desc limit 1",
  );
  print(`The database is at ${rows[0]?.name}.`);
}
