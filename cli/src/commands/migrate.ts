import { createContext, onLogin } from "@onrecord/context/context";
import { createLogger } from "@onrecord/core/log";
import { appliedMigrations } from "@onrecord/postgres/applied-migrations";
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
  print(`The database is at ${(await appliedMigrations(context.db)).at(-1)}.`);
}
