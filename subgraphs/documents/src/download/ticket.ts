import type { ContentFormat, DocumentKind } from "@onrecord/filing/content";
import { hashToken } from "@onrecord/policy/principal";
import type { Sql, Tx } from "@onrecord/postgres/database";

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

/** A ticket that may still be used, or undefined. */
export async function findTicket(sql: Sql, token: string): Promise<Ticket | undefined> {
  if (!SHAPE.test(token)) return undefined;
  const [ticket] = await sql.query<Ticket>(
    `select t.token_hash as "tokenHash", t.document_id as "documentId", d.title, d.kind, t.version, t.format,
       t.user_id as "userId", t.session_id as "sessionId"
     from documents.download_ticket t join documents.document d on d.id = t.document_id
     where t.token_hash = $1 and t.used_at is null and t.expires_at > clock_timestamp()`,
    [hashToken(token)],
  );
  return ticket;
}

/** Uses a ticket up; false when it was used or has expired in the meantime. Two who try at once: one wins. */
export async function useTicket(tx: Tx, { tokenHash }: Ticket): Promise<boolean> {
  const used = await tx.query(
    `update documents.download_ticket set used_at = clock_timestamp()
     where token_hash = $1 and used_at is null and expires_at > clock_timestamp() returning 1 as used`,
    [tokenHash],
  );
  return used.length > 0;
}
