import { randomBytes } from "node:crypto";
import { type EntityManager, raw } from "@mikro-orm/postgresql";
import { AppError } from "@onrecord/core/errors";
import type { ContentFormat } from "@onrecord/filing/content";
import { hashToken } from "@onrecord/policy/principal";
import type { DocumentsContext } from "../context.js";
import { TicketEntity } from "../entities/ticket.js";
import type { Download } from "../types/download.js";

/** How long a ticket may wait to be used, in seconds. */
export const TICKET_SECONDS = 60;

/** Gives the caller, in this session, a ticket for one copy of a document as it stands now. Only its hash is kept. */
export async function issueTicket(
  { caller, config, em, guard, history }: DocumentsContext,
  { documentId, format }: { documentId: string; format: ContentFormat },
): Promise<Download> {
  const { userId, sessionId } = guard.requirePrincipal(caller);
  await refuseTooMany(em, userId, config.limits.openDownloads);
  const token = randomBytes(32).toString("base64url");
  // What became of these is on the record. For an hour it can be said of their links as well.
  await em.nativeDelete(TicketEntity, {
    expiresAt: { $lt: raw("clock_timestamp() - interval '1 hour'") },
    $or: [{ usedAt: { $ne: null } }, { lapsedAt: { $ne: null } }],
  });
  const head = await history.head(documentId);
  if (head === null) throw await history.missing(documentId);
  const tokenHash = hashToken(token);
  // The database's clock, by which it ends.
  await em.insert(TicketEntity, {
    tokenHash,
    document: documentId,
    version: head.version,
    format,
    userId,
    sessionId,
    expiresAt: raw("clock_timestamp() + make_interval(secs => ?)", [TICKET_SECONDS]),
  });
  const ticket = await em.findOneOrFail(TicketEntity, { tokenHash });
  return { url: `/download/${token}`, expiresAt: ticket.expiresAt };
}

/** Each link that nobody uses becomes an entry: somebody who asks for thousands would fill the record. */
async function refuseTooMany(em: EntityManager, userId: string, most: number): Promise<void> {
  const open = await em.count(TicketEntity, {
    userId,
    usedAt: null,
    lapsedAt: null,
    expiresAt: { $gt: raw("clock_timestamp()") },
  });
  if (open < most) return;
  throw new AppError(
    "RATE_LIMITED",
    `${most} of your download links wait to be used; use them, or wait until they run out.`,
  );
}
