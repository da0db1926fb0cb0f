import { createHash } from "node:crypto";
import { networkOf } from "@onrecord/core/network";
import type { By } from "@onrecord/ledger/ledger";
import type { ProvenanceFacts } from "@onrecord/ledger/provenance";
import type { Sql } from "@onrecord/postgres/database";

/** Who is asking, as proven by a live session. */
export interface Principal {
  readonly userId: string;
  readonly sessionId: string;
  readonly email: string;
  readonly name: string;
  readonly title: string | null;
  readonly userKind: "EMPLOYEE" | "GUEST" | "SERVICE";
  readonly roles: readonly string[];
  /** When the session or the account ends, however much it is used, ISO 8601. */
  readonly expiresAt: string;
}

/** A request as every service sees it: who (null: nobody proven), which, and from where. */
export interface Caller {
  readonly principal: Principal | null;
  readonly requestId: string;
  readonly from: ProvenanceFacts;
}

/** The form in which tokens are kept: SHA-256. Tokens are 32 random bytes, so no salt or stretching is needed. */
export function hashToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

const principalColumns = `user_id as "userId", session_id as "sessionId", email, name, title, user_kind as "userKind", roles, ends_at as expires`;
type Row = Omit<Principal, "expiresAt"> & { expires: Date };

/** The principal of a session token, or null when there is no such live session. */
export async function authenticate(sql: Sql, token: string): Promise<Principal | null> {
  return (await authenticateAll(sql, [token]))[0]!;
}

/** The same for many tokens at once, in their order. */
export async function authenticateAll(sql: Sql, tokens: readonly string[]): Promise<(Principal | null)[]> {
  const hashes = tokens.map((token) => (token.length < 16 || token.length > 256 ? null : hashToken(token)));
  if (hashes.every((hash) => hash === null)) return hashes as null[];
  const rows = await sql.query<Row & { hash: Buffer }>(
    `select ${principalColumns}, token_hash as hash from identity.session_principal
     where token_hash = any ($1::bytea[]) and expires_at > clock_timestamp()`,
    [hashes.filter((hash) => hash !== null)],
  );
  const byHash = new Map(rows.map(({ hash, ...row }) => [hash.toString("hex"), toPrincipal(row)]));
  return hashes.map((hash) => (hash === null ? null : (byHash.get(hash.toString("hex")) ?? null)));
}

/** Who a session stands for now, or null when it has ended: for what outlives the request that proved it. */
export async function principalOfSession(sql: Sql, sessionId: string): Promise<Principal | null> {
  const [row] = await sql.query<Row>(
    `select ${principalColumns} from identity.session_principal where session_id = $1 and expires_at > clock_timestamp()`,
    [sessionId],
  );
  return row ? toPrincipal(row) : null;
}

function toPrincipal({ expires, ...principal }: Row): Principal {
  return { ...principal, expiresAt: expires.toISOString() };
}

/** The caller as the record names them. */
export function byCaller(caller: Caller): By {
  return {
    actorKind: caller.principal === null ? "ANONYMOUS" : "USER",
    actorId: caller.principal?.userId ?? null,
    sessionId: caller.principal?.sessionId ?? null,
    requestId: caller.requestId,
    from: caller.from,
  };
}

/** In whose line a caller waits: their own, and strangers in that of their network. */
export function ownerOf({ principal, from }: Pick<Caller, "principal" | "from">): string {
  return principal === null ? `network ${networkOf(from.ip)}` : `person ${principal.userId}`;
}
