import type { IncomingMessage } from "node:http";
import type { RequestInfo } from "@onrecord/http/http-server";
import type { LinkRefusal } from "@onrecord/ledger/events/download";
import { findCredential, originFacts } from "@onrecord/policy/credentials";
import { mismatch, mismatchError, namedSessions } from "@onrecord/policy/named-session";
import { byCaller, type Caller } from "@onrecord/policy/principal";
import type { DocumentsServices } from "../context.js";
import type { Ticket } from "./ticket.js";

/**
 * Who brings a link, by the cookie or the `Authorization` of the request. UNAUTHENTICATED, and on the record, when the link was followed
 * on a page of another session than the one that the browser's cookie is of by now.
 */
export async function callerWithLink(
  { arrivals, ledger }: DocumentsServices,
  request: IncomingMessage,
  { id, url, visitor }: RequestInfo,
): Promise<Caller> {
  const credential = findCredential(request);
  const principal = credential === undefined ? null : await arrivals.prove(visitor.ip, credential.token);
  const caller: Caller = { principal, requestId: id, from: originFacts(request, visitor) };
  if (mismatch(namedSessions(request, url.searchParams), principal) !== "other-session") return caller;
  await ledger.record({
    action: "session.refused",
    by: byCaller(caller),
    object: null,
    detail: { reason: "other-session" },
  });
  throw mismatchError("other-session");
}

/** Why this caller may not follow the link of this ticket now; null: they may ask for it. A link is worth nothing outside of its session. */
export function refusalOf(ticket: Ticket | undefined, { principal }: Caller, now: Date): LinkRefusal | null {
  if (ticket === undefined) return "link-unknown";
  if (principal === null) return "link-without-session";
  if (principal.sessionId !== ticket.sessionId) return "link-of-other-session";
  if (ticket.usedAt !== null) return "link-used";
  return ticket.expiresAt <= now ? "link-expired" : null;
}
