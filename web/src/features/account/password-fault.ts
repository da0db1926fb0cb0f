import type { CombinedError } from "@urql/core";
import { problemOf } from "../../api/problem.js";
import type { Messages } from "../../i18n/en.js";

/** What is wrong with a change of password, each sentence at its field; null: nothing. */
export interface Fault {
  readonly current: string | null;
  readonly wanted: string | null;
  readonly again: string | null;
  readonly whole: string | null;
}

export const noFaults: Fault = { current: null, wanted: null, again: null, whole: null };

/** The server's own bounds, told before it is asked. */
const SHORTEST = 12;
const LONGEST = 1024;

/** What the page can see by itself; null: nothing. */
export function faultsIn(
  { current, wanted, again }: { readonly current: string; readonly wanted: string; readonly again: string },
  words: Messages["account"],
): Fault | null {
  const found: Fault = {
    current: current === "" ? words.needCurrent : null,
    wanted:
      wanted.length < SHORTEST
        ? words.tooShort
        : wanted.length > LONGEST
          ? words.tooLong
          : wanted === current
            ? words.same
            : null,
    again: again === wanted ? null : words.differs,
    whole: null,
  };
  return Object.values(found).some((sentence) => sentence !== null) ? found : null;
}

/** What the server says of it. */
export function faultOf(error: CombinedError, { account, errors }: Messages): Fault {
  const reasons = error.graphQLErrors[0]?.extensions.reasons as readonly { id?: unknown }[] | undefined;
  switch (reasons?.[0]?.id) {
    case "current-password":
      return { ...noFaults, current: account.wrongCurrent };
    case "too-short":
      return { ...noFaults, wanted: account.tooShort };
    case "too-long":
      return { ...noFaults, wanted: account.tooLong };
    case "same-password":
      return { ...noFaults, wanted: account.same };
  }
  const problem = problemOf(error);
  switch (problem.kind) {
    case "rate-limited":
      return { ...noFaults, whole: errors.rateLimited };
    case "unreachable":
      return { ...noFaults, whole: errors.unreachable };
    case "unauthenticated":
      return { ...noFaults, whole: errors.signedOut };
    case "bad-input":
      return { ...noFaults, whole: problem.message };
    default:
      return { ...noFaults, whole: errors.unexpected };
  }
}
