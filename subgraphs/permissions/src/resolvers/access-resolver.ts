import { FIRM_ID } from "@onrecord/policy/levels";
import { Arg, Ctx, Mutation, Query, Resolver } from "type-graphql";
import { grantAccess } from "../commands/grant-access.js";
import { revokeAccess } from "../commands/revoke-access.js";
import type { PermissionsContext } from "../context.js";
import { presentGrant } from "../present.js";
import { GrantType } from "../types/grant-type.js";
import { GrantAccessInput, GrantFirmAccessInput, RevokeAccessInput } from "../types/inputs.js";
import { grantsOn } from "./resource-access.js";

/** Giving access and ending it. */
@Resolver()
export class AccessResolver {
  @Mutation(() => GrantType, {
    description:
      "Gives access, within what I hold myself; replaces what the same principal had on the same resource.",
  })
  async grantAccess(
    @Arg("input", () => GrantAccessInput) input: GrantAccessInput,
    @Ctx() context: PermissionsContext,
  ): Promise<GrantType> {
    return presentGrant(await grantAccess(context, input));
  }

  @Mutation(() => GrantType, {
    description: "Gives access to everything in the firm; for administrators. `revokeAccess` ends it.",
  })
  async grantFirmAccess(
    @Arg("input", () => GrantFirmAccessInput) input: GrantFirmAccessInput,
    @Ctx() context: PermissionsContext,
  ): Promise<GrantType> {
    return presentGrant(await grantAccess(context, { ...input, resourceId: FIRM_ID }));
  }

  @Query(() => [GrantType], { description: "Who may reach everything in the firm; for administrators." })
  firmGrants(@Ctx() context: PermissionsContext): Promise<GrantType[]> {
    return grantsOn(context, { kind: "FIRM", id: FIRM_ID });
  }

  @Mutation(() => Boolean, {
    description: "Ends a grant that I gave, or that is within what I hold; false when it had ended already.",
  })
  revokeAccess(
    @Arg("input", () => RevokeAccessInput) { grantId }: RevokeAccessInput,
    @Ctx() context: PermissionsContext,
  ): Promise<boolean> {
    return revokeAccess(context, grantId);
  }
}
