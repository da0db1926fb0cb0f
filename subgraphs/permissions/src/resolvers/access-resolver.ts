import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import { grantAccess } from "../commands/grant-access.js";
import { revokeAccess } from "../commands/revoke-access.js";
import type { PermissionsContext } from "../context.js";
import { presentGrant } from "../present.js";
import { GrantType } from "../types/grant-type.js";
import { GrantAccessInput, RevokeAccessInput } from "../types/inputs.js";

/** Giving access and ending it. */
@Resolver()
export class AccessResolver {
  @Mutation(() => GrantType, {
    description: "Gives access; replaces what the same principal had on the same resource.",
  })
  async grantAccess(
    @Arg("input", () => GrantAccessInput) input: GrantAccessInput,
    @Ctx() context: PermissionsContext,
  ): Promise<GrantType> {
    return presentGrant(await grantAccess(context, input));
  }

  @Mutation(() => Boolean, { description: "Ends a grant; false when it had ended already." })
  revokeAccess(
    @Arg("input", () => RevokeAccessInput) { grantId }: RevokeAccessInput,
    @Ctx() context: PermissionsContext,
  ): Promise<boolean> {
    return revokeAccess(context, grantId);
  }
}
