import { type EntityManager, raw } from "@mikro-orm/postgresql";
import type { ContentFormat, DocumentKind } from "@onrecord/filing/content";
import { hashToken } from "@onrecord/policy/principal";
import { TicketEntity } from "../entities/ticket.js";

/** What a ticket is for, and whose it is. */
export interface Ticket {
  readonly tokenHash: Buffer;
  readonly documentId: string;
  readonly title: string;
  readonly kind: DocumentKind;
  readonly version: number;
  readonly format: ContentFormat;
  readonly userId: string;
  readonly sessionId: string;
  readonly expiresAt: Date;
  readonly usedAt: Date | null;
}

/** Tickets are 32 random bytes in base64url. */
const SHAPE = /^[\w-]{43}$/;

/** A ticket, whether it may still be used or not; undefined when there is none. */
export async function findTicket(em: EntityManager, token: string): Promise<Ticket | undefined> {
  if (!SHAPE.test(token)) return undefined;
  const tokenHash = hashToken(token);
  const ticket = await em.findOne(TicketEntity, { tokenHash }, { populate: ["document"] });
  if (ticket === null) return undefined;
  const { version, format, userId, sessionId, expiresAt } = ticket;
  const { id: documentId, title, kind } = ticket.document;
  const usedAt = ticket.usedAt ?? null;
  return { tokenHash, documentId, title, kind, version, format, userId, sessionId, expiresAt, usedAt };
}

/** Uses a ticket up. Answers why not, when it was used or has expired in the meantime: of two who try at once, one wins. */
export async function useTicket(
  em: EntityManager,
  { tokenHash }: Ticket,
): Promise<"link-used" | "link-expired" | null> {
  const used = await em.nativeUpdate(
    TicketEntity,
    { tokenHash, usedAt: null, expiresAt: { $gt: raw("clock_timestamp()") } },
    { usedAt: raw("clock_timestamp()") },
  );
  if (used > 0) return null;
  return (await em.count(TicketEntity, { tokenHash, usedAt: null })) > 0 ? "link-expired" : "link-used";
}
