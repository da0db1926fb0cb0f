import { newId } from "@onrecord/core/ids";
import { createLogger, type Logger } from "@onrecord/core/log";
import { Database } from "@onrecord/postgres/database";
import { freshDatabase } from "@onrecord/postgres/testing/fresh-database";
import type { DatabaseUrls } from "@onrecord/postgres/testing/server";
import { Bus, type BusTransport } from "../bus.js";
import { PostgresTransport } from "../postgres-transport.js";

/** How the nodes of a test hear each other: through Postgres unless the test has another transport. */
export type MakeTransport = (db: Database, log: Logger) => BusTransport;

/** What packages below the context are tested on: a node's connections and bus, on a database of its own. */
export interface TestNode extends AsyncDisposable {
  readonly nodeId: string;
  readonly log: Logger;
  readonly db: Database;
  readonly bus: Bus;
}

/** The first node of a test; `another` is a further one on the same database, and ends with it. */
export interface FirstNode extends TestNode, DatabaseUrls {
  another(): Promise<TestNode>;
}

/** Opens a node on a fresh, migrated database. */
export async function testNode(transport: MakeTransport = postgres): Promise<FirstNode> {
  await using resources = new AsyncDisposableStack();
  const { adminUrl, appUrl } = resources.use(await freshDatabase());
  const node = resources.use(await open(appUrl, transport));
  const owned = resources.move();
  return {
    ...node,
    adminUrl,
    appUrl,
    another: async () => owned.use(await open(appUrl, transport)),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const postgres: MakeTransport = (db, log) => new PostgresTransport(db, log);

async function open(url: string, transport: MakeTransport): Promise<TestNode> {
  await using resources = new AsyncDisposableStack();
  const log = createLogger("silent");
  const db = resources.use(new Database(url, { log }));
  const nodeId = newId();
  const bus = resources.use(
    new Bus(
      nodeId,
      transport(db, log),
      (err) => log.warn({ err }, "a bus message failed"),
      "the secret of the nodes of a test",
    ),
  );
  await bus.start();
  const owned = resources.move();
  return { nodeId, log, db, bus, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
