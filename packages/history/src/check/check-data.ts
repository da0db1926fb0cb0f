import type { AppContext } from "@onrecord/context/context";
import type { Sql } from "@onrecord/postgres/database";
import { checkContent } from "./check-content.js";
import { checkOrigins } from "./check-origins.js";
import type { Fault, Question } from "./fault.js";
import { recordQuestions } from "./record-questions.js";
import { versionQuestions } from "./version-questions.js";

/** How many documents are listed at a time. */
const PAGE = 200;
/** So many faults of one kind are told. */
const MOST = 100;

/**
 * Holds everything that a database has against everything else, as of one moment, and tells `report` of what does not agree. People may work
 * on meanwhile. What is in memory is one document, and a page of its changes. As the owner.
 */
export async function checkData(
  { db, keys }: Pick<AppContext, "db" | "keys">,
  report: (fault: Fault) => void,
  tell: (line: string) => void = () => undefined,
): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.query("set transaction isolation level repeatable read, read only");
    await tx.query("set local statement_timeout = 0");
    // A large document takes its time between two statements.
    await tx.query("set local idle_in_transaction_session_timeout = 0");
    await checkWithin(tx, keys, report, tell);
  });
}

/** As `checkData`, of what a transaction sees. */
export async function checkWithin(
  tx: Sql,
  keys: AppContext["keys"],
  report: (fault: Fault) => void,
  tell: (line: string) => void = () => undefined,
): Promise<void> {
  tell("Heads, versions and entries …");
  await ask(tx, versionQuestions, report);
  tell("The record and the rights …");
  await ask(tx, recordQuestions, report);
  for await (const fault of checkOrigins(tx)) report(fault);
  let after: string | null = null;
  let documents = 0;
  for (;;) {
    const rows: { id: string }[] = await tx.query<{ id: string }>(
      "select id from documents.document where $1::uuid is null or id > $1 order by id limit $2",
      [after, PAGE],
    );
    for (const { id } of rows) {
      for await (const text of checkContent(tx, keys, id)) report({ subject: "document", id, text });
      documents++;
    }
    if (rows.length > 0) tell(`${documents} documents were opened …`);
    if (rows.length < PAGE) return;
    after = rows.at(-1)!.id;
  }
}

async function ask(sql: Sql, questions: readonly Question[], report: (fault: Fault) => void): Promise<void> {
  for (const { subject, sql: text } of questions) {
    // Of one kind some are enough to see what has happened.
    const rows = await sql.query<{ id: string | null; text: string }>(`${text} limit ${MOST + 1}`);
    for (const row of rows.slice(0, MOST)) report({ subject, ...row });
    if (rows.length > MOST)
      report({ subject, id: null, text: `There are more than ${MOST} of the kind before.` });
  }
}
