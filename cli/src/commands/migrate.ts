import { createContext, onLogin } from "@onrecord/context/context";
import { createLogger } from "@onrecord/core/log";
import { appliedMigrations } from "@onrecord/postgres/applied-migrations";
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
  print(`The database is at ${(await appliedMigrations(context.db)).at(-1)}.`);
}
