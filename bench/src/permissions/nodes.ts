import { findRunningPostgres } from "@onrecord/postgres/embedded/running";
import { Failure } from "../failure.js";
import { startChild } from "../servers/child.js";
import { startArguments } from "../servers/onrecord.js";

/** Two whole Onrecords on one database. */
export interface Nodes extends AsyncDisposable {
  readonly urls: readonly [string, string];
  readonly adminUrl: string;
  readonly appUrl: string;
}

/** Starts one node with the embedded Postgres, and another beside it. */
export async function startNodes(dir: string): Promise<Nodes> {
  await using started = new AsyncDisposableStack();
  const args = await startArguments();
  const env = { ONRECORD_DATA: dir, ONRECORD_DEMO: "0", PORT: "0" };
  const first = started.use(await startChild("the first node", args, env));
  const postgres = await findRunningPostgres(dir);
  if (!postgres) throw new Failure("the first node's Postgres does not answer");
  const { adminUrl, appUrl } = postgres;
  const beside = { ...env, DATABASE_URL: appUrl, DATABASE_ADMIN_URL: adminUrl };
  const second = started.use(await startChild("the second node", args, beside));
  const owned = started.move();
  return {
    urls: [first.url, second.url],
    adminUrl,
    appUrl,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Where a node's editors connect, for clients that are told what is durable. */
export function targetOf(url: string) {
  return { wire: "y-websocket", url: `${url.replace(/^http/, "ws")}/collab`, acks: true } as const;
}
