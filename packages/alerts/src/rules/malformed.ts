import { isObject } from "@onrecord/ledger/detail";
import type { AuditAction } from "@onrecord/ledger/events/catalogue";
import type { Rule } from "./rule.js";

/** The name of the rule that also speaks of an entry at which another fails. */
export const MALFORMED = "entry-malformed";

/** An entry that no part of Onrecord writes: somebody wrote it by hand, with a login that was stolen. */
export const entryMalformed = (actions: readonly AuditAction[]): Rule => ({
  id: MALFORMED,
  severity: "HIGH",
  actions: [...new Set(actions)],
  matches: ({ detail }) => !isObject(detail) || ("count" in detail && !isCount(detail.count)),
});

const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) > 0;
