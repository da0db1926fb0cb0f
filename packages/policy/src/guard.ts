import { AppError } from "@onrecord/core/errors";
import { isId } from "@onrecord/core/ids";
import type { AuditAction, AuditEvents, ObjectKind } from "@onrecord/ledger/events/catalogue";
import type { Ledger } from "@onrecord/ledger/ledger";
import type { Decision, DecisionPoint } from "./decision.js";
import { type Action, FIRM_ID } from "./levels.js";
import { onRecord } from "./on-record.js";
import { byCaller, type Caller, type Principal } from "./principal.js";

/** Asks the decision point on behalf of a caller, and puts every denial on the record before the caller hears of it. */
export class Guard {
  constructor(
    readonly decisions: DecisionPoint,
    private readonly ledger: Ledger,
  ) {}

  /** The caller's principal, or UNAUTHENTICATED. */
  requirePrincipal(caller: Caller): Principal {
    if (caller.principal === null) throw new AppError("UNAUTHENTICATED", "Sign in first.");
    return caller.principal;
  }

  /**
   * Lets the caller through or throws: NOT_FOUND when they may not know of the resource, FORBIDDEN with reasons otherwise.
   * `refusal` names a more telling event than `access.denied`.
   */
  async authorize<A extends AuditAction>(
    caller: Caller,
    action: Action,
    resource: { kind: ObjectKind; id: string },
    refusal?: (reasons: string[]) => { action: A; detail: AuditEvents[A] },
  ): Promise<Decision> {
    const principal = this.requirePrincipal(caller);
    if (!isId(resource.id)) throw await this.denyUnknown(caller, action, resource);
    const decision = await this.decisions.decide(principal, action, resource.id);
    if (decision.allow) return decision;
    throw await this.deny(caller, action, resource, decision, refusal);
  }

  /** Puts a denial on the record; then returns the error that tells it. */
  async deny<A extends AuditAction>(
    caller: Caller,
    action: Action,
    object: { kind: ObjectKind; id: string },
    decision: Decision,
    refusal?: (reasons: string[]) => { action: A; detail: AuditEvents[A] },
  ): Promise<AppError> {
    const reasons = decision.reasons.map(({ id }) => id);
    const by = byCaller(caller);
    if (refusal) await this.ledger.recordLater({ ...refusal(reasons), by, object });
    else
      await this.ledger.recordLater({
        action: "access.denied",
        by,
        object,
        detail: { permission: action, reasons },
      });
    if (!decision.visible) return onRecord(unknown(object.kind));
    return onRecord(
      new AppError("FORBIDDEN", decision.reasons[0]?.text ?? "You may not do this.", {
        reasons: decision.reasons,
      }),
    );
  }

  /** The same for an id of nothing that there is. What is no id at all is not repeated: it may be of any length, and say anything. */
  async denyUnknown(
    caller: Caller,
    permission: string,
    { kind, id }: { kind: ObjectKind; id: string },
  ): Promise<AppError> {
    const isOne = isId(id);
    await this.ledger.recordLater({
      action: "access.denied",
      by: byCaller(caller),
      object: { kind, id: isOne ? id : null },
      detail: { permission, reasons: [isOne ? "unknown" : "malformed-id"] },
    });
    return onRecord(unknown(kind));
  }

  /** The same for what is allowed on the firm itself. */
  authorizeFirm(caller: Caller, action: "readAudit" | "createTopFolder" | "managePeople"): Promise<Decision> {
    return this.authorize(caller, action, { kind: "FIRM", id: FIRM_ID });
  }
}

function unknown(kind: ObjectKind): AppError {
  const names: Partial<Record<ObjectKind, string>> = {
    GRANT: "grant",
    USER: "account",
    DEPARTMENT: "department",
    ROLE: "role",
  };
  const what = names[kind] ?? "resource";
  return new AppError("NOT_FOUND", `There is no such ${what}, or you may not know of it.`);
}
