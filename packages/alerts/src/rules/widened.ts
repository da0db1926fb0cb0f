import { detailOf } from "@onrecord/ledger/detail";
import type { Entry } from "@onrecord/ledger/entry";
import type { Rule } from "./rule.js";

/** Somebody from outside was let in. */
export const guestAccessGranted: Rule = {
  id: "guest-access-granted",
  severity: "MEDIUM",
  actions: ["access.granted"],
  matches: async (entry, recent) => (await recent.kindOf(grantee(entry))) === "GUEST",
};

/** Many were let in at once: a department, or somebody at the root of everything. */
export const accessWidened: Rule = {
  id: "access-widened",
  severity: "MEDIUM",
  actions: ["access.granted"],
  matches: async (entry, recent) =>
    entry.objectKind === "FIRM" || (await recent.kindOf(grantee(entry))) === "DEPARTMENT",
};

function grantee(entry: Entry): string {
  const { principalId } = detailOf(entry);
  return typeof principalId === "string" ? principalId : "";
}
