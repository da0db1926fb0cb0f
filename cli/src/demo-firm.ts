import type { AppContext } from "@onrecord/context/context";
import { newId } from "@onrecord/core/ids";
import type { DemoFirm } from "@onrecord/gateway/auth-routes";
import { Edits } from "@onrecord/history/edit/edits";
import { History } from "@onrecord/history/store/history";
import { bySystem } from "@onrecord/ledger/ledger";
import type { Sql } from "@onrecord/postgres/database";
import { unitOfWork } from "@onrecord/postgres/orm";
import { createDemoDocuments } from "@onrecord/subgraph-documents/demo";
import { openDocumentsOrm } from "@onrecord/subgraph-documents/orm";
import { createDemoPeople, demoSignIns } from "@onrecord/subgraph-identity/demo";
import { openIdentityOrm } from "@onrecord/subgraph-identity/orm";
import { hashPassword } from "@onrecord/subgraph-identity/password";
import { createDemoGrants } from "@onrecord/subgraph-permissions/demo";
import { openPermissionsOrm } from "@onrecord/subgraph-permissions/orm";

/** Any fixed number: the lock under which one of several starting processes makes the firm. */
const LOCK = 0x0a_d1_7_2;

/**
 * On a database without users, creates the demo firm: people, their papers, and their access, all or nothing. It is of every service, so
 * no service's login may: a process that has no other leaves it to `onrecord migrate`.
 */
export async function createDemoFirm(context: AppContext, onProgress: (step: string) => void): Promise<void> {
  const { db, ledger, config, log } = context;
  if (await hasUsers(db)) return;
  if (!(await mayCreate(db))) {
    if (config.demoAsked)
      log.warn(
        "ONRECORD_DEMO=1 asks for the demo firm, and this process's login may not make it: run `onrecord migrate` with ONRECORD_DEMO=1",
      );
    return;
  }
  onProgress("creating the demo firm");
  const history = new History(context);
  const edits = new Edits(context, history);
  const passwordHash = await hashPassword(context.demoPassword);
  await using identity = await openIdentityOrm(context);
  await using papers = await openDocumentsOrm(context);
  await using permissions = await openPermissionsOrm(context);
  await ledger.transaction(bySystem(newId()), async (tx) => {
    await tx.query("select pg_advisory_xact_lock($1)", [LOCK]);
    if (await hasUsers(tx)) return;
    const people = await createDemoPeople(unitOfWork(identity.em(), tx), passwordHash);
    const documents = await createDemoDocuments(
      tx,
      unitOfWork(papers.em(), tx),
      { history, edits },
      { manager: people.users.manager },
    );
    await createDemoGrants(tx, unitOfWork(permissions.em(), tx), people, documents);
  });
}

/** The demo's people who can sign in, with the password that they share; null where there is no demo firm. */
export async function readDemoFirm({ db, demoPassword }: AppContext): Promise<DemoFirm | null> {
  const emails = demoSignIns.map(({ email }) => email);
  const people = await db.query<DemoFirm["people"][number]>(
    `select email, name, title from identity.user
     where email = any($1) and active and (expires_at is null or expires_at > now())
     order by array_position($1, email)`,
    [emails],
  );
  return people.length === 0 ? null : { password: demoPassword, people };
}

async function mayCreate(sql: Sql): Promise<boolean> {
  const [row] = await sql.query<{ may: boolean }>(
    "select has_table_privilege('identity.user', 'insert') as may",
  );
  return row?.may ?? false;
}

async function hasUsers(sql: Sql): Promise<boolean> {
  const rows = await sql.query("select from identity.user limit 1");
  return rows.length > 0;
}
