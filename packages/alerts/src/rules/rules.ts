import { accessDeniedBurst, signInRefusedBurst } from "./bursts.js";
import { documentShredded } from "./destroyed.js";
import { entryMalformed } from "./malformed.js";
import { downloadRefused, editRefused } from "./refused.js";
import type { Rule } from "./rule.js";
import { accessWidened, guestAccessGranted } from "./widened.js";

const known: readonly Rule[] = [
  downloadRefused,
  editRefused,
  signInRefusedBurst,
  accessDeniedBurst,
  guestAccessGranted,
  accessWidened,
  documentShredded,
];

/** Every rule that the record is read with. */
export const rules: readonly Rule[] = [...known, entryMalformed(known.flatMap(({ actions }) => actions))];

/** The actions that some rule looks for. */
export const watchedActions: readonly string[] = [...new Set(rules.flatMap(({ actions }) => actions))];
