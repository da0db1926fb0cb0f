import type { IncomingMessage } from "node:http";
import { AppError } from "@onrecord/core/errors";
import type { Principal } from "./principal.js";

/** The header in which a request names its session; `?session=` says the same where headers cannot be set. */
export const SESSION_HEADER = "x-onrecord-session";

/** Why a request that names a session is refused: its credential proves another one, or none that lives. */
export type Mismatch = "other-session" | "session-ended";

/**
 * The sessions, by id, that a request says it belongs to; none for programs. A page names its own with everything it sends: its
 * cookie is the browser's, and becomes somebody else's when they sign in in another tab. The id is public and proves nothing.
 */
export function namedSessions(request: IncomingMessage, query?: URLSearchParams): readonly string[] {
  const header = request.headers[SESSION_HEADER];
  return [...(header === undefined ? [] : [header].flat()), ...(query?.getAll("session") ?? [])];
}

/** What is wrong with naming these sessions as `principal`; null: nothing. */
export function mismatch(named: readonly string[], principal: Principal | null): Mismatch | null {
  if (named.length === 0) return null;
  if (principal === null) return "session-ended";
  return named.every((id) => id === principal.sessionId) ? null : "other-session";
}

const sentences: Readonly<Record<Mismatch, string>> = {
  "other-session": "This was sent from a page of another session than the one signed in now.",
  "session-ended": "The session of this page has ended.",
};

/** UNAUTHENTICATED, with the mismatch as its reason: a page tells "signed in as somebody else" from "signed out" by it. */
export function mismatchError(why: Mismatch): AppError {
  return new AppError("UNAUTHENTICATED", sentences[why], { reasons: [{ id: why, text: sentences[why] }] });
}
