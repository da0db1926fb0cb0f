import { isId } from "@onrecord/core/ids";
import type { Decision } from "@onrecord/policy/decision";
import { FIRM_ID } from "@onrecord/policy/levels";
import { perRequest } from "@onrecord/subgraph/loader";
import type { AuditContext } from "../context.js";

const documentActions = ["view", "readTrail"] as const;

/** Whether the caller may see some documents and their trails, from one read. */
export const rightsOnDocument = perRequest<
  string,
  Record<(typeof documentActions)[number], Decision> | null,
  AuditContext
>(async (ids, { caller, decisions, guard }) => {
  const principal = guard.requirePrincipal(caller);
  const decided = await decisions.decideEach(principal, documentActions, ids.filter(isId));
  return ids.map((id) => decided.get(id) ?? null);
});

const firmRight = perRequest<typeof FIRM_ID, boolean, AuditContext>(async (ids, { caller, decisions }) => {
  if (caller.principal === null) return ids.map(() => false);
  const { allow } = await decisions.decide(caller.principal, "readAudit", FIRM_ID);
  return ids.map(() => allow);
});

/** Whether the caller may read the whole record; decided once per execution. */
export function mayReadAudit(context: AuditContext): Promise<boolean> {
  return firmRight(context).load(FIRM_ID);
}
