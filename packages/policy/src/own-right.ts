import type { Reason } from "@onrecord/core/errors";
import type { Sql } from "@onrecord/postgres/database";
import type { Decision, DecisionPoint } from "./decision.js";
import { heldGrants } from "./facts.js";
import { FIRM_ID, levelNumber, resourceActions } from "./levels.js";
import type { Principal } from "./principal.js";

/** A level (1 to 5) until a time; null is without end. */
export interface Held {
  readonly level: number;
  readonly until: Date | null;
}

/** A grant, as far as one who wants to end or replace it is measured by it. */
export interface Given {
  readonly level: number;
  readonly expiresAt?: Date | null | undefined;
  readonly grantedBy?: string | null | undefined;
}

/**
 * What somebody holds on a resource, and so what they may hand on. Nobody gives what exceeds or outlasts their own right, nor ends or
 * replaces what somebody else gave that does. Every right counts that the decision counts: their own, a department's, a role's, and what
 * comes from above. None outlasts the account. What a policy keeps from them they do not hold, whatever their level.
 */
export class OwnRight {
  constructor(
    private readonly userId: string,
    /** Whether they may decide who has access. */
    readonly manage: Decision,
    private readonly held: readonly Held[],
    /** The first thing that a policy keeps from them, with the level that includes it. */
    private readonly kept: { readonly level: number; readonly reason: Reason } | null = null,
  ) {}

  /** Until when they hold a level: the latest end of a right that includes it. Undefined where they do not hold it at all. */
  endOf(level: number): Date | null | undefined {
    const ends = this.held.filter((one) => one.level >= level).map(({ until }) => until);
    return ends.reduce<Date | null | undefined>(
      (latest, end) => (outlasts(end, latest) ? end : latest),
      undefined,
    );
  }

  /** Why they may not give this level; null when they may. */
  refuseLevel(level: number): Reason | null {
    if (this.endOf(level) === undefined)
      return { id: "own-level", text: "You may not give a higher level than your own." };
    if (this.kept === null || level < this.kept.level) return null;
    return {
      id: "own-level",
      text: `You may not give what you may not do yourself. ${this.kept.reason.text}`,
    };
  }

  /** Why they may not give it until then; null when they may. */
  refuseEnd(level: number, until: Date | null): Reason | null {
    const own = this.endOf(level);
    if (!outlasts(until, own)) return null;
    return {
      id: "own-end",
      text: `What you give may not outlast your own right, which ends at ${own?.toISOString() ?? "once"}.`,
    };
  }

  /** Why they may not end or replace a grant; null when they may. What one gave oneself, one may always take back. */
  refuseWithdrawal({ level, expiresAt = null, grantedBy }: Given): Reason | null {
    if (grantedBy === this.userId || !outlasts(expiresAt, this.endOf(level))) return null;
    return {
      id: "own-weaker",
      text: "Somebody else gave this, and it is stronger or lasts longer than your own right: you may not end or replace it.",
    };
  }
}

/** Whether an end lies behind another; null is no end, and undefined no right at all. */
function outlasts(end: Date | null | undefined, other: Date | null | undefined): boolean {
  const at = (one: Date | null | undefined) =>
    one === null ? Number.POSITIVE_INFINITY : (one?.getTime() ?? Number.NEGATIVE_INFINITY);
  return at(end) > at(other);
}

/** Reads what somebody holds on a resource, in the transaction in which they are about to hand it on. */
export async function readOwnRight(
  tx: Sql,
  decisions: DecisionPoint,
  principal: Principal,
  resourceId: string,
): Promise<OwnRight> {
  const decided = (await decisions.decideEach(principal, resourceActions, [resourceId], tx)).get(resourceId)!;
  const { manage } = decided;
  const rows = await tx.query<Held>(
    `select h.level, least(h.expires_at, u.expires_at) as until
     from (select * from (${heldGrants}) g union all select null, $2, $3::smallint, null where $3 is not null) h
     join permissions.resource_path x on x.ancestor_id = h.resource_id and x.descendant_id = $2
     join identity.user u on u.id = $1`,
    // Access to the whole firm goes with a role and not with a level.
    [principal.userId, resourceId, resourceId === FIRM_ID && manage.allow ? levelNumber("MANAGE") : null],
  );
  const kept = resourceId === FIRM_ID ? -1 : resourceActions.findIndex((action) => !decided[action].allow);
  return new OwnRight(
    principal.userId,
    manage,
    rows,
    kept < 0 ? null : { level: kept + 1, reason: decided[resourceActions[kept]!].reasons[0]! },
  );
}
