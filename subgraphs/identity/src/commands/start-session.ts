import { randomBytes } from "node:crypto";
import type { Limits } from "@onrecord/core/limits";
import type { RecordedTx } from "@onrecord/ledger/ledger";
import { hashToken } from "@onrecord/policy/principal";

/** What a session is started with. */
export interface NewSession {
  readonly id: string;
  readonly userId: string;
  readonly kind: "BROWSER" | "TOKEN";
  readonly limits: Pick<Limits, "sessionHours" | "sessionIdleMinutes">;
  /** Where it comes from, as the record keeps it; null: from this machine. */
  readonly originId: string | null;
  /** What the entry is about: the session, or whom it was started for. */
  readonly object: { readonly kind: "SESSION" | "USER"; readonly id: string };
}

/** Starts a session in `tx` with its entry and returns the token: the only time that it is seen. It ends by the database's clock. */
export async function startSession(
  tx: RecordedTx,
  { id, userId, kind, limits, originId, object }: NewSession,
): Promise<string> {
  const token = randomBytes(32).toString("base64url");
  await tx.query(
    `insert into identity.session (id, token_hash, user_id, kind, created_at, expires_at, used_at, idle_for, idle_at, origin_id)
     select $1, $2, $3, $4, m.now, m.now + make_interval(hours => $5), m.now, l.idle, m.now + l.idle, $7
     from (select clock_timestamp() as now) m, (select make_interval(mins => $6) as idle) l`,
    [id, hashToken(token), userId, kind, limits.sessionHours, limits.sessionIdleMinutes, originId],
  );
  await tx.append({ action: "session.started", object, detail: { kind } });
  return token;
}
