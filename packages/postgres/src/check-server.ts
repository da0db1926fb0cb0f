import { AppError } from "@onrecord/core/errors";
import pg from "pg";
import { explainRefusal } from "./explain-refusal.js";

/** How long a connection may take, in milliseconds. */
const CONNECT = 5000;

/** What of a server decides how it is spoken to. */
export interface Server {
  /** Its number, e.g. 150004. */
  readonly version: number;
  /** A pooler answers in its place, which keeps a connection for each of ours. */
  readonly pooled: boolean;
  /** The login of the URL may do everything on the server. */
  readonly superuser: boolean;
}

interface Facts {
  readonly version: number;
  readonly encoding: string;
  readonly standby: boolean;
  readonly pid: number;
  readonly superuser: boolean;
}

/**
 * Looks at the server of a URL before anything is done there. Throws one sentence, of the variable that holds the URL, when it cannot be
 * entered, or when Onrecord cannot work on it.
 */
export async function checkServer(url: string, variable: string): Promise<Server> {
  return inside(url, variable, async (client) => {
    const { rows } = await client.query<Facts>(
      `select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding,
         pg_is_in_recovery() as standby, pg_backend_pid() as pid, (select r.rolsuper from pg_roles r where r.rolname = session_user) as superuser`,
    );
    const { version, encoding, standby, pid, superuser } = rows[0]!;
    const wrong = (sentence: string) => new AppError("BAD_CONFIG", sentence);
    if (version < 150_000)
      throw wrong(
        `${variable} points to a Postgres older than 15 (${Math.floor(version / 10_000)}); Onrecord needs 15 or newer.`,
      );
    if (encoding !== "UTF8")
      throw wrong(
        `The database of ${variable} keeps its text as ${encoding}; create one with \`encoding 'UTF8' template template0\`.`,
      );
    if (standby)
      throw wrong(`${variable} points to a standby, which only reads; point it to the primary server.`);
    // A pooler makes up the number that a client would cancel with.
    const pooled = (client as unknown as { processID: number }).processID !== pid;
    if (pooled && (await sharesConnections(client, url, variable)))
      throw wrong(
        `The pooler of ${variable} shares its connections between transactions, and Onrecord needs its own (for locks, LISTEN and the role of each service): set pool_mode=session for this database, or point ${variable} to Postgres itself.`,
      );
    return { version, pooled, superuser };
  });
}

/** Whether two clients of a pooler are given one connection in turn, or one client several. */
async function sharesConnections(one: pg.Client, url: string, variable: string): Promise<boolean> {
  return inside(url, variable, async (other) => {
    const seen = [new Set<number>(), new Set<number>()];
    for (let turn = 0; turn < 4; turn++)
      for (const [index, client] of [one, other].entries()) {
        const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
        seen[index]?.add(rows[0]!.pid);
      }
    return new Set(seen.flatMap((pids) => [...pids])).size !== 2 || seen.some(({ size }) => size !== 1);
  });
}

async function inside<T>(url: string, variable: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT,
    query_timeout: CONNECT,
  });
  // What is lost later is told by the statement that fails.
  client.on("error", () => undefined);
  try {
    await client.connect();
    return await work(client);
  } catch (cause) {
    throw cause instanceof AppError ? cause : explainRefusal(cause, url, variable);
  } finally {
    await client.end().catch(() => undefined);
  }
}
