import { isId } from "@onrecord/core/ids";
import { inOrder } from "@onrecord/subgraph/loader";
import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { PermissionsContext } from "../context.js";
import { GrantEntity, type GrantRow } from "../entities/grant.js";
import { accessListed } from "../loaders/access-listed.js";
import { decisionsOn } from "../loaders/decisions-on.js";
import { grantPrincipal } from "../loaders/grant-principal.js";
import { presentGrant } from "../present.js";
import { GrantType } from "../types/grant-type.js";

/** Whom a grant names. */
@Resolver(() => GrantType)
export class GrantResolver {
  @FieldResolver(() => String)
  async principalName(
    @Root() { principalId }: GrantType,
    @Ctx() context: PermissionsContext,
  ): Promise<string> {
    return (await grantPrincipal(context).load(principalId))?.name ?? "Unknown";
  }
}

/** Grants by their ids, for those who may manage what they are on; null for everybody else. */
export async function grantsByReference(
  refs: readonly { id: string }[],
  context: PermissionsContext,
): Promise<readonly (GrantType | null)[]> {
  const ids = refs.map(({ id }) => id);
  const rows = inOrder<string, GrantRow>(
    ids,
    await context.em.find(GrantEntity, { id: { $in: ids.filter(isId) } }),
    ({ id }) => id,
  );
  return Promise.all(
    rows.map(async (row) => {
      const decided = row && (await decisionsOn(context).load(row.resourceId));
      if (!row || !decided?.manage.allow) return null;
      const { kind } = decided.manage.facts!;
      await accessListed(context).load({ id: row.resourceId, kind });
      return presentGrant(row);
    }),
  );
}
