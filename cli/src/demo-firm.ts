import { History } from "@onrecord/history/history";
import { Ledger } from "@onrecord/ledger/ledger";
import type { AppContext } from "@onrecord/platform/context";
import type { Sql } from "@onrecord/platform/database";
import { createDemoDocuments } from "@onrecord/subgraph-documents/demo";
import { createDemoPeople } from "@onrecord/subgraph-identity/demo";
import { hashPassword } from "@onrecord/subgraph-identity/password";
import { createDemoGrants } from "@onrecord/subgraph-permissions/demo";

/** Any fixed number: the lock under which one of several starting processes makes the firm. */
const LOCK = 0x0a_d1_7_2;

/** On a database without users, creates the demo firm: people, their papers, and their access, all or nothing. */
export async function createDemoFirm(context: AppContext, onProgress: (step: string) => void): Promise<void> {
  const { db, bus } = context;
  if (await hasUsers(db)) return;
  onProgress("creating the demo firm");
  const ledger = new Ledger(db, bus);
  const history = new History(context, ledger);
  const passwordHash = await hashPassword(context.demoPassword);
  await db.transaction(async (tx) => {
    await tx.query("select pg_advisory_xact_lock($1)", [LOCK]);
    if (await hasUsers(tx)) return;
    const people = await createDemoPeople(tx, passwordHash);
    const documents = await createDemoDocuments(tx, { ledger, history }, { manager: people.users.manager });
    const revision = await createDemoGrants(tx, ledger, people, documents);
    tx.onCommit(() => bus.publish("permissions.changed", { revision }));
  });
}

async function hasUsers(sql: Sql): Promise<boolean> {
  const rows = await sql.query("select from identity.user limit 1");
  return rows.length > 0;
}
