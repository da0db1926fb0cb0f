import { randomBytes } from "node:crypto";
import type { EntityManager } from "@mikro-orm/postgresql";
import type { RecordedTx } from "@onrecord/ledger/ledger";
import { hashToken } from "@onrecord/policy/principal";
import { SessionEntity } from "../entities/session.js";

/** What a session is started with. */
export interface NewSession {
  readonly id: string;
  readonly userId: string;
  readonly kind: "BROWSER" | "TOKEN";
  readonly hours: number;
  /** What the entry is about: the session, or whom it was started for. */
  readonly object: { readonly kind: "SESSION" | "USER"; readonly id: string };
}

/** Starts a session in `tx` with its entry and returns the token: the only time that it is seen. */
export async function startSession(
  em: EntityManager,
  tx: RecordedTx,
  { id, userId, kind, hours, object }: NewSession,
): Promise<string> {
  const token = randomBytes(32).toString("base64url");
  const now = new Date();
  em.create(SessionEntity, {
    id,
    tokenHash: hashToken(token),
    user: userId,
    kind,
    createdAt: now,
    expiresAt: new Date(now.getTime() + hours * 3_600_000),
  });
  await tx.append({ action: "session.started", object, detail: { kind } });
  return token;
}
