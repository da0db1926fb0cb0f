import { accessDeniedBurst, signInRefusedBurst } from "./bursts.js";
import { documentShredded } from "./destroyed.js";
import { downloadRefused, editRefused } from "./refused.js";
import type { Rule } from "./rule.js";
import { accessWidened, guestAccessGranted } from "./widened.js";

/** Every rule that the record is read with. */
export const rules: readonly Rule[] = [
  downloadRefused,
  editRefused,
  signInRefusedBurst,
  accessDeniedBurst,
  guestAccessGranted,
  accessWidened,
  documentShredded,
];

/** The actions that some rule looks for. */
export const watchedActions: readonly string[] = [...new Set(rules.flatMap(({ actions }) => actions))];
