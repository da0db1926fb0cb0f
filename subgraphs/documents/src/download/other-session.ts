import type { IncomingMessage } from "node:http";
import type { RequestInfo } from "@onrecord/http/http-server";
import { findCredential, originFacts } from "@onrecord/policy/credentials";
import { mismatch, mismatchError, namedSessions } from "@onrecord/policy/named-session";
import { authenticate, byCaller, type Principal } from "@onrecord/policy/principal";
import type { DocumentsServices } from "../context.js";

/**
 * Refuses a download whose link names another session than the ticket's, or than the one that the browser's cookie is of by now.
 * A ticket needs no cookie: a program that follows a link without either is none of this one's business.
 */
export async function refuseOtherSession(
  { db, ledger }: DocumentsServices,
  ofTicket: Principal,
  request: IncomingMessage,
  { id, url }: RequestInfo,
): Promise<void> {
  const named = namedSessions(request, url.searchParams);
  if (named.length === 0) return;
  const credential = findCredential(request);
  const ofCookie = credential === undefined ? null : await authenticate(db, credential.token);
  const other = [ofCookie, ofTicket].find((one) => one !== null && mismatch(named, one) !== null);
  if (!other) return;
  await ledger.record({
    action: "session.refused",
    by: byCaller({ principal: other, requestId: id, from: originFacts(request) }),
    object: null,
    detail: { reason: "other-session" },
  });
  throw mismatchError("other-session");
}
