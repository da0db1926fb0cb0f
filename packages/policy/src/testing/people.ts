import { randomBytes } from "node:crypto";
import { newId } from "@onrecord/core/ids";
import type { Sql } from "@onrecord/postgres/database";
import { authenticate, type Caller, hashToken, type Principal } from "../principal.js";

/** What a person in a test is made of; everything has a default. */
export interface PersonFacts {
  readonly name?: string;
  readonly email?: string;
  readonly kind?: Principal["userKind"];
  readonly title?: string;
  readonly departmentId?: string;
  readonly roles?: readonly string[];
  readonly passwordHash?: string;
  readonly active?: boolean;
  /** Guests end in a month unless this says otherwise. */
  readonly expiresAt?: Date;
}

/** Stores a person with their roles and returns their id. */
export async function addPerson(sql: Sql, facts: PersonFacts = {}): Promise<string> {
  const id = newId();
  const guest = facts.kind === "GUEST" ? new Date(Date.now() + 30 * 86_400_000) : null;
  await sql.query(
    `insert into identity.user (id, email, name, kind, title, department_id, password_hash, active, expires_at, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, now())`,
    [
      id,
      facts.email ?? `${id}@example.test`,
      facts.name ?? "Somebody",
      facts.kind ?? "EMPLOYEE",
      facts.title ?? null,
      facts.departmentId ?? null,
      facts.passwordHash ?? null,
      facts.active ?? true,
      facts.expiresAt ?? guest,
    ],
  );
  for (const role of facts.roles ?? []) {
    await sql.query(
      `with named as (
         insert into identity.role (id, name) values ($2, $3) on conflict (name) do update set name = excluded.name returning id
       ) insert into identity.user_role (user_id, role_id) select $1, id from named`,
      [id, newId(), role],
    );
  }
  return id;
}

/** Opens a session for a person and proves it, as a request with its token would. */
export async function signedIn(sql: Sql, userId: string): Promise<Principal & { token: string }> {
  const token = randomBytes(32).toString("base64url");
  await sql.query(
    `insert into identity.session (id, token_hash, user_id, kind, created_at, expires_at)
     values ($1, $2, $3, 'BROWSER', now(), now() + interval '12 hours')`,
    [newId(), hashToken(token), userId],
  );
  const principal = await authenticate(sql, token);
  if (principal === null) throw new TypeError(`${userId} could not sign in`);
  return { ...principal, token };
}

/** A request of a principal (null: of nobody), from an address of the documentation range. */
export function callerOf(principal: Principal | null, from: Partial<Caller["from"]> = {}): Caller {
  return { principal, requestId: newId(), from: { ip: "192.0.2.7", userAgent: "test", ...from } };
}

/** Makes a session one that may lie unused for as many seconds, of which so many are over already. */
export async function lieUnused(
  sql: Sql,
  sessionId: string,
  { seconds, over }: { seconds: number; over: number },
): Promise<void> {
  await sql.query(
    `update identity.session
     set idle_for = make_interval(secs => $2), used_at = clock_timestamp() - make_interval(secs => $3),
       idle_at = clock_timestamp() + make_interval(secs => $2 - $3)
     where id = $1`,
    [sessionId, seconds, over],
  );
}

/** Seconds for which a session may still lie unused; null without a bound. */
export async function idleLeft(sql: Sql, sessionId: string): Promise<number | null> {
  const [row] = await sql.query<{ left: number | null }>(
    "select extract(epoch from idle_at - clock_timestamp())::float as left from identity.session where id = $1",
    [sessionId],
  );
  return row?.left ?? null;
}
