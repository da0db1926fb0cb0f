import { type EntityManager, raw } from "@mikro-orm/postgresql";
import type { ContentFormat, DocumentKind } from "@onrecord/filing/content";
import { hashToken } from "@onrecord/policy/principal";
import { TicketEntity } from "../entities/ticket.js";

/** What a ticket is for. */
export interface Ticket {
  readonly tokenHash: Buffer;
  readonly documentId: string;
  readonly title: string;
  readonly kind: DocumentKind;
  readonly version: number;
  readonly format: ContentFormat;
  readonly userId: string;
  readonly sessionId: string;
}

/** Tickets are 32 random bytes in base64url. */
const SHAPE = /^[\w-]{43}$/;

/** What is true of a ticket that may still be used. */
const usable = () => ({ usedAt: null, expiresAt: { $gt: raw("clock_timestamp()") } });

/** A ticket that may still be used, or undefined. */
export async function findTicket(em: EntityManager, token: string): Promise<Ticket | undefined> {
  if (!SHAPE.test(token)) return undefined;
  const tokenHash = hashToken(token);
  const ticket = await em.findOne(TicketEntity, { tokenHash, ...usable() }, { populate: ["document"] });
  if (ticket === null) return undefined;
  const { version, format, userId, sessionId } = ticket;
  const { id: documentId, title, kind } = ticket.document;
  return { tokenHash, documentId, title, kind, version, format, userId, sessionId };
}

/** Uses a ticket up; false when it was used or has expired in the meantime. Two who try at once: one wins. */
export async function useTicket(em: EntityManager, { tokenHash }: Ticket): Promise<boolean> {
  const used = await em.nativeUpdate(
    TicketEntity,
    { tokenHash, ...usable() },
    { usedAt: raw("clock_timestamp()") },
  );
  return used > 0;
}
