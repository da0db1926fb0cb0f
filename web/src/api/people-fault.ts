import type { CombinedError } from "@urql/core";
import type { Messages } from "../i18n/en.js";
import type { PeopleWords } from "../i18n/people/en.js";
import { type Problem, problemOf, type Reason } from "./problem.js";

/** What of a form a refusal is about. */
export type FaultField =
  | "email"
  | "name"
  | "title"
  | "department"
  | "roles"
  | "until"
  | "principal"
  | "level";

/** A refusal as it is shown: next to what it is about, or, where that is null, over the whole form. */
export interface PeopleFault {
  readonly field: FaultField | null;
  readonly sentence: string;
}

type FaultId = keyof PeopleWords["faults"];

/** Refusals that the server tells by the id of a reason. */
const byReason: Readonly<Record<string, readonly [FaultField | null, FaultId]>> = {
  "last-administrator": [null, "last-administrator"],
  "own-weaker": [null, "own-weaker"],
  "own-end": ["until", "own-end"],
  "own-level": ["level", "own-level"],
};

/** Refusals that the server tells by their sentence alone. One that is not here, or is put otherwise one day, is shown as the server says it. */
export const bySentence: readonly (readonly [RegExp, FaultField | null, FaultId])[] = [
  [/^There is an account with this e-mail address/, "email", "email-taken"],
  [/^The e-mail address must look like/, "email", "email-form"],
  [/^The name has the character/, "name", "hidden"],
  [/^The title has the character/, "title", "hidden"],
  [/^The name may not be empty/, "name", "name-empty"],
  [/^The name may have at most/, "name", "name-long"],
  [/^The title may have at most/, "title", "name-long"],
  [/^`expiresAt` must lie in the future/, "until", "until-past"],
  [/^There is no such department/, "department", "department-unknown"],
  [/^This department is closed; choose/, "department", "department-closed"],
  [/^There is no such role/, "roles", "role-unknown"],
  [/^A role among these is closed/, "roles", "role-closed"],
  [/^Somebody else changed this account/, null, "meanwhile"],
  [/^A guest has no department/, "department", "guest-place"],
  [/^A guest's account always ends/, "until", "guest-end"],
  [/^Nobody can sign in to this account/, null, "no-sign-in"],
  [/^There is a department of this name/, "name", "name-taken"],
  [/^There is, or was, a role of this name/, "name", "role-name-taken"],
  [/^\d+ people are in this department/, null, "people-inside"],
  [/^\d+ departments are below/, null, "departments-below"],
  [/^\d+ people have this role/, null, "role-held"],
  [/^Policies speak of this role/, null, "built-in"],
  [/^This (department|role) is closed\.$/, null, "closed"],
  [/^There is no such user, department or role/, "principal", "no-principal"],
  [/^Too many links were made/, null, "many-links"],
];

/** What the server says of a change to people, departments, roles or access, in the reader's language. */
export function peopleFault(
  error: CombinedError,
  words: PeopleWords,
  errors: Messages["errors"],
): PeopleFault {
  const [told] = error.graphQLErrors;
  const reasons = told?.extensions.reasons as readonly Partial<Reason>[] | undefined;
  const known = told && sentenceKnown(told.message, words);
  return known ?? faultTold(problemOf(error), reasons?.[0]?.id ?? null, words, errors);
}

/** The same of a problem and the id of its first reason. */
export function faultTold(
  problem: Problem,
  reason: string | null,
  words: PeopleWords,
  errors: Messages["errors"],
): PeopleFault {
  const known = reason === null ? undefined : byReason[reason];
  if (known) return { field: known[0], sentence: words.faults[known[1]] };
  if (reason === "too-short") return { field: null, sentence: words.door.tooShort };
  if (reason === "too-long") return { field: null, sentence: words.door.tooLong };
  switch (problem.kind) {
    case "unauthenticated":
      return { field: null, sentence: errors.signedOut };
    case "forbidden":
      return { field: null, sentence: problem.reasons.map(({ text }) => text).join(" ") || errors.forbidden };
    case "bad-input":
      return sentenceKnown(problem.message, words) ?? { field: null, sentence: problem.message };
    case "not-found":
      return { field: null, sentence: errors.notFoundHint };
    case "rate-limited":
      return { field: null, sentence: errors.rateLimited };
    case "unreachable":
      return { field: null, sentence: errors.unreachable };
    case "unexpected":
      return { field: null, sentence: errors.unexpected };
  }
}

function sentenceKnown(message: string, words: PeopleWords): PeopleFault | null {
  const found = bySentence.find(([pattern]) => pattern.test(message));
  return found ? { field: found[1], sentence: words.faults[found[2]] } : null;
}
