import { isId } from "@onrecord/core/ids";
import { managesPeople } from "@onrecord/policy/discreet";
import { perRequest } from "@onrecord/subgraph/loader";
import type { IdentityContext } from "../context.js";
import { roleColumns } from "../queries/list-roles.js";
import type { RoleType } from "../types/role-type.js";

/** What administrators are told of an account besides. */
export interface Account {
  readonly roles: readonly RoleType[];
  readonly passwordSet: boolean;
  readonly passwordLinkExpiresAt: Date | null;
}

/** Accounts by the ids of their people, in two statements per execution step; null for everybody but administrators. */
export const accountOf = perRequest<string, Account | null, IdentityContext>(
  async (ids, { db, caller, decisions }) => {
    if (caller.principal === null || !managesPeople(decisions, caller.principal)) return ids.map(() => null);
    const known = ids.filter(isId);
    const facts = await db.query<{ id: string; set: boolean; ends: Date | null }>(
      "select user_id as id, password_set as set, link_expires_at as ends from identity.account_facts($1)",
      [known],
    );
    const roles = await db.query<RoleType & { userId: string }>(
      `select ur.user_id as "userId", ${roleColumns} from identity.user_role ur join identity.role r on r.id = ur.role_id
       where ur.user_id = any ($1::uuid[]) order by r.name`,
      [known],
    );
    const held = Map.groupBy(roles, ({ userId }) => userId);
    const accounts = new Map(
      facts.map(({ id, set, ends }) => [
        id,
        { roles: held.get(id) ?? [], passwordSet: set, passwordLinkExpiresAt: ends },
      ]),
    );
    return ids.map((id) => accounts.get(id) ?? null);
  },
);
