import { randomBytes } from "node:crypto";
import type { ContentFormat } from "@onrecord/filing/content";
import { hashToken } from "@onrecord/policy/principal";
import type { DocumentsContext } from "../context.js";
import type { Download } from "../types/download.js";

/** How long a ticket may wait to be used, in seconds. */
export const TICKET_SECONDS = 60;

/** Gives the caller a ticket for one copy of a document as it stands now. Only its hash is kept. */
export async function issueTicket(
  { caller, db, guard, history }: DocumentsContext,
  { documentId, format }: { documentId: string; format: ContentFormat },
): Promise<Download> {
  const { userId, sessionId } = guard.requirePrincipal(caller);
  const token = randomBytes(32).toString("base64url");
  // What is on record is the download, not the ticket: old ones may go.
  await db.query(
    "delete from documents.download_ticket where expires_at < clock_timestamp() - interval '1 hour'",
  );
  const [ticket] = await db.query<{ expiresAt: Date }>(
    `insert into documents.download_ticket (token_hash, document_id, version, format, user_id, session_id, expires_at)
     select $1, h.document_id, h.version, $3, $4, $5, clock_timestamp() + make_interval(secs => $6)
     from documents.head h where h.document_id = $2
     returning expires_at as "expiresAt"`,
    [hashToken(token), documentId, format, userId, sessionId, TICKET_SECONDS],
  );
  if (!ticket) throw await history.missing(documentId);
  return { url: `/download/${token}`, expiresAt: ticket.expiresAt };
}
