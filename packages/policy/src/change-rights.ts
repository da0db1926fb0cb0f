import type { Bus } from "@onrecord/bus/bus";
import { AppError } from "@onrecord/core/errors";
import { onAccountOf, SYSTEM } from "@onrecord/core/owner";
import type { By, Ledger, RecordedTx } from "@onrecord/ledger/ledger";
import type { Database, Tx } from "@onrecord/postgres/database";
import { concludeChange } from "./change.js";

/** Whose rights a change touches: sessions, people in all their rights, and principals on a resource and all below it. */
export interface Touched {
  readonly sessions?: readonly string[];
  readonly people?: readonly string[];
  readonly grants?: readonly { readonly principalId: string; readonly resourceId: string }[];
}

/** What was decided to be done: nothing, or a change of those rights. */
export type Plan<T> =
  | { readonly result: T }
  | { readonly touches: Touched; readonly write: () => Promise<T> };

/** What a change came to, with the permission revision that it made; null without a change. */
export interface Changed<T> {
  readonly result: T;
  readonly revision: number | null;
}

/** What changes rights. */
export interface ChangeHost {
  readonly db: Database;
  readonly ledger: Ledger;
  readonly bus: Bus;
}

/**
 * Changes rights and records it, in one transaction on the account of `by`. It is the only one that changes rights, from before it reads
 * until its commit: what `plan` decides on stands. `plan` must not write. What the change may forbid is stopped before the first write,
 * and so before the transaction has its id: no edit stands behind the revocation in the order of the record. Throws UNAVAILABLE when
 * somebody else holds for seconds what is to be changed.
 */
export async function changeRights<T>(
  { db, ledger, bus }: ChangeHost,
  by: By,
  plan: (tx: RecordedTx) => Promise<Plan<T>>,
): Promise<Changed<T>> {
  // Taken first: the changes of a process wait for it in line, and not each with a connection of the pool that others need.
  const beside = await db.aside.connect();
  try {
    const change = async (tx: RecordedTx): Promise<Changed<T>> => {
      await holdRights(tx);
      const planned = await plan(tx);
      if ("result" in planned) return { result: planned.result, revision: null };
      await mustNotHaveWritten(tx);
      await stopEdits(beside, planned.touches);
      const result = await planned.write();
      return { result, revision: await concludeChange(tx, bus) };
    };
    // Whoever has this must not wait behind what else they have asked for: all that change rights wait for them.
    return await onAccountOf(SYSTEM, () => ledger.transaction(by, change));
  } catch (error) {
    if (!waitedInVain(error)) throw error;
    throw new AppError("UNAVAILABLE", "Something else holds this right; try again.", { cause: error });
  } finally {
    beside.release();
  }
}

/** Nobody else is given a right, or changes one, until the transaction ends. What it waits for then, all wait for: not for long. */
async function holdRights(tx: Tx): Promise<void> {
  await tx.query("select pg_advisory_xact_lock(permissions.lock_key())");
  await tx.query("set local lock_timeout = '5s'");
}

async function mustNotHaveWritten(tx: Tx): Promise<void> {
  const [row] = await tx.query<{ id: string | null }>("select pg_current_xact_id_if_assigned()::text as id");
  if (row?.id) throw new TypeError("a change of rights wrote before it stopped the edits that it forbids");
}

/** On a connection beside the transaction, which waits for it: what it makes void is committed before that begins to write. */
async function stopEdits(
  beside: { query(text: string, values: unknown[]): Promise<unknown> },
  { sessions = [], people = [], grants = [] }: Touched,
): Promise<void> {
  await beside.query("select permissions.stop($1, $2, $3, $4)", [
    sessions,
    people,
    grants.map(({ principalId }) => principalId),
    grants.map(({ resourceId }) => resourceId),
  ]);
}

/** Whether what a transaction waited for did not come: a lock of somebody else's, or of each other's in a circle. */
function waitedInVain(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as { code?: unknown };
    if (code === "55P03" || code === "40P01") return true;
  }
  return false;
}
