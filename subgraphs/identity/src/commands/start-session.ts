import { randomBytes } from "node:crypto";
import type { EntityManager } from "@mikro-orm/postgresql";
import { newId } from "@onrecord/core/ids";
import type { By, Ledger } from "@onrecord/ledger/ledger";
import { hashToken } from "@onrecord/policy/principal";
import type { Tx } from "@onrecord/postgres/database";
import { SessionEntity } from "../entities/session.js";

/** What a session is started with. */
export interface NewSession {
  readonly userId: string;
  readonly kind: "BROWSER" | "TOKEN";
  readonly hours: number;
  /** Who starts it, once the session's id is known. */
  readonly by: (sessionId: string) => By;
  readonly object: (sessionId: string) => { kind: "SESSION" | "USER"; id: string };
}

/** Starts a session in `tx` with its entry and returns the token: the only time that it is seen. */
export async function startSession(
  em: EntityManager,
  tx: Tx,
  ledger: Ledger,
  session: NewSession,
): Promise<string> {
  const token = randomBytes(32).toString("base64url");
  const id = newId();
  const now = new Date();
  em.create(SessionEntity, {
    id,
    tokenHash: hashToken(token),
    user: session.userId,
    kind: session.kind,
    createdAt: now,
    expiresAt: new Date(now.getTime() + session.hours * 3_600_000),
  });
  await ledger.append(tx, {
    action: "session.started",
    by: session.by(id),
    object: session.object(id),
    detail: { kind: session.kind },
  });
  return token;
}
