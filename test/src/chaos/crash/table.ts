import { type AppContext, createContext } from "@onrecord/context/context";
import { readConfig } from "@onrecord/core/config";
import { createLogger } from "@onrecord/core/log";
import { History } from "@onrecord/history/store/history";

/** The database of a data directory, without the server: its Postgres where one still runs, else started for as long as this is held. */
export interface Table extends AsyncDisposable {
  readonly context: AppContext;
  readonly history: History;
}

/** Opens the database of a server that is dead, or beside one that lives. */
export async function openTable(dataDir: string): Promise<Table> {
  const { config, secrets } = readConfig({ ONRECORD_DATA: dataDir, ONRECORD_DEMO: "0" });
  const context = await createContext(config, secrets, createLogger("silent"), { beside: true });
  return {
    context,
    history: new History(context),
    [Symbol.asyncDispose]: () => context[Symbol.asyncDispose](),
  };
}
