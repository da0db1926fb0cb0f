import { AppError } from "@onrecord/core/errors";
import pg from "pg";
import type { Sql } from "../database.js";

/** A connection of its own for a backup or a restore, with the forms in which both write values. */
export interface CopySession extends Sql, AsyncDisposable {
  readonly client: pg.Client;
  /** Why the connection was lost; undefined while it is not. */
  loss(): Error | undefined;
}

/** So that values are told alike by every server, whatever its own settings are. */
const forms = [
  "set client_encoding = 'UTF8'",
  "set datestyle = 'ISO, YMD'",
  "set intervalstyle = 'postgres'",
  "set timezone = 'UTC'",
  "set bytea_output = 'hex'",
  "set extra_float_digits = 3",
  "set search_path = pg_catalog",
  // It takes as long as the disk and the database need.
  "set statement_timeout = 0",
  "set lock_timeout = 0",
  // A terminal that was stopped must not keep the database from tidying for ever.
  "set idle_in_transaction_session_timeout = '10min'",
];

/** Connects as the owner of the schemas. */
export async function openCopySession(adminUrl: string, name: string): Promise<CopySession> {
  const client = new pg.Client({
    connectionString: adminUrl,
    application_name: name,
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
  });
  // The statement under way fails by itself; without a listener a lost connection would end the process.
  let lost: Error | undefined;
  client.on("error", (error) => {
    lost ??= error;
  });
  await client.connect();
  try {
    for (const form of forms) await client.query(form);
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  return {
    client,
    loss: () => lost,
    query: async (text, values = []) => (await client.query(text, [...values])).rows,
    [Symbol.asyncDispose]: () => client.end().catch(() => undefined),
  };
}

/** A failure of the database's as one sentence; every other comes back as it was, and so does one of rights, which has a sentence of its own. */
export function explainFailure(error: unknown, outcome: string): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  const { code } = error as { code?: unknown };
  const state = typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) && code !== "42501";
  if (!state && !/^Connection terminated|ECONNRESET|EPIPE/.test(error.message)) return error;
  return new AppError("UNAVAILABLE", `The database broke this off (${error.message}), and ${outcome}.`, {
    cause: error,
  });
}
