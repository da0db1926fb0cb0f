import type { Sql } from "@onrecord/postgres/database";

/** Somebody or something that a grant may name. */
export interface GrantPrincipal {
  readonly id: string;
  readonly kind: "EMPLOYEE" | "GUEST" | "SERVICE" | "DEPARTMENT" | "ROLE";
  readonly name: string;
  /** False for an account that can no longer sign in, and for a department or a role that is closed. */
  readonly active: boolean;
}

/**
 * Finds what grants name. Read from identity's tables beside the membership view, since a grant must not be given to nobody and
 * the rules for guests must hold whoever asks.
 */
export function findPrincipals(sql: Sql, ids: readonly string[]): Promise<GrantPrincipal[]> {
  return sql.query<GrantPrincipal>(
    `select id, kind, name, active and coalesce(expires_at > clock_timestamp(), true) as active
     from identity.user where id = any ($1::uuid[])
     union all select id, 'DEPARTMENT', name, closed_at is null from identity.department where id = any ($1::uuid[])
     union all select id, 'ROLE', name, closed_at is null from identity.role where id = any ($1::uuid[])`,
    [ids],
  );
}
