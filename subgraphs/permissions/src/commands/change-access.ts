import type { EntityManager } from "@mikro-orm/postgresql";
import { AppError } from "@onrecord/core/errors";
import type { RecordedTx } from "@onrecord/ledger/ledger";
import { concludeChange } from "@onrecord/policy/change";
import type { Decision } from "@onrecord/policy/decision";
import { byCaller } from "@onrecord/policy/principal";
import type { Tx } from "@onrecord/postgres/database";
import { unitOfWork } from "@onrecord/postgres/orm";
import type { PermissionsContext } from "../context.js";
import type { Resource } from "../resource.js";

/** What a change comes to; without a change, decisions that others made stay valid. */
export interface Change<T> {
  readonly changed: boolean;
  readonly result: T;
}

/** Thrown inside the transaction so that nothing of it is kept. */
class NoLongerAllowed extends Error {}

/**
 * Changes who may do what on a resource, for somebody who may manage it at the moment of the commit: if permissions moved on
 * since the decision, it is made again under the lock that holds back every other change.
 */
export async function changeAccess<T>(
  context: PermissionsContext,
  resource: Resource,
  work: (em: EntityManager, tx: RecordedTx, decision: Decision) => Promise<Change<T>>,
): Promise<T> {
  const { caller, em, guard, ledger, rights } = context;
  const decision = await guard.authorize(caller, "manage", resource);
  try {
    const { result, revision } = await ledger.transaction(byCaller(caller), async (tx) => {
      const inner = unitOfWork(em, tx);
      // One change of a resource's grants at a time: two at once would each miss what the other gives.
      await tx.query("select 1 from permissions.resource where id = $1 for no key update", [resource.id]);
      const { changed, result } = await work(inner, tx, decision);
      await inner.flush();
      return { result, revision: changed ? await conclude(context, tx, resource, decision) : null };
    });
    // Whoever changes a right hears of it when it is in force.
    await rights.inForce(revision);
    return result;
  } catch (error) {
    if (!(error instanceof NoLongerAllowed)) throw error;
    // Puts the refusal on the record and says why.
    await guard.authorize(caller, "manage", resource);
    throw new AppError("CONFLICT", "Access changed at the same moment; look again and retry.", {
      cause: error,
    });
  }
}

/** The last before the commit. Returns the permission revision of the change. */
async function conclude(
  { bus, caller, decisions, guard }: PermissionsContext,
  tx: Tx,
  resource: Resource,
  decision: Decision,
): Promise<number | null> {
  const revision = await concludeChange(tx, bus);
  if (revision !== decision.revision + 1) {
    const again = await decisions.decide(guard.requirePrincipal(caller), "manage", resource.id, tx);
    if (!again.allow) throw new NoLongerAllowed();
  }
  return revision;
}
