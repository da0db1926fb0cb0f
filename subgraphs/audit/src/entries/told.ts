import { isDiscreet } from "@onrecord/policy/discreet";
import type { Principal } from "@onrecord/policy/principal";
import type { AuditContext } from "../context.js";

/** The record as somebody may read it: lists, counts and single entries come from one of these, and from nothing else. */
export type Told = "audit.entry" | "audit.told_entry";

/** What of the record the caller is told: all of it, or all but what those did whose duty it is to look. */
export function toldTo({ caller, decisions, guard }: AuditContext): Told {
  return seesDiscreet(decisions, guard.requirePrincipal(caller)) ? "audit.entry" : "audit.told_entry";
}

/** Whether somebody is told what is discreet. */
export function seesDiscreet(decisions: AuditContext["decisions"], principal: Principal): boolean {
  return isDiscreet(decisions, principal);
}
