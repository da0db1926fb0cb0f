import type { DecisionPoint } from "./decision.js";
import type { Facts } from "./facts.js";
import { FIRM_ID } from "./levels.js";
import type { Principal } from "./principal.js";

const firm: Facts = {
  id: FIRM_ID,
  kind: "FIRM",
  labels: [],
  level: 0,
  grantId: null,
  expiresAt: null,
};

/**
 * Whether somebody's duty is to look: what they read is told to nobody but their like (`audit.entry.discreet`), and to them what those have
 * read. Policies ask for attributes of the person alone, so nothing has to be read for it.
 */
export function isDiscreet(decisions: DecisionPoint, principal: Principal): boolean {
  return decisions.judge(principal, "readDiscreet", firm);
}

/** Whether somebody manages the firm's accounts, and so is told what administrators are told of them. As above, nothing is read. */
export function managesPeople(decisions: DecisionPoint, principal: Principal): boolean {
  return decisions.judge(principal, "managePeople", firm);
}
