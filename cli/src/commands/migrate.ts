import { createContext } from "@onrecord/context/context";
import { createLogger } from "@onrecord/core/log";
import { readEnvironment } from "../env.js";
import { print, tell } from "../output.js";

/** `onrecord migrate`: brings the database forward to this build. */
export async function migrate(): Promise<void> {
  const { config, secrets } = readEnvironment();
  await using context = await createContext(config, secrets, createLogger(config.logLevel), {
    beside: true,
    onProgress: (step) => tell(`Onrecord is ${step} …`),
  });
  const rows = await context.db.query<{ name: string }>(
    "select name from onrecord.migration order by name desc limit 1",
  );
  print(`The database is at ${rows[0]?.name}.`);
}
