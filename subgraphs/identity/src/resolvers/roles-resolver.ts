import { Arg, Ctx, Mutation, Query, Resolver } from "type-graphql";
import { closeRole, createRole, renameRole } from "../commands/change-roles.js";
import type { IdentityContext } from "../context.js";
import { listRoles } from "../queries/list-roles.js";
import { CloseRoleInput, CreateRoleInput, RenameRoleInput } from "../types/people-inputs.js";
import { RoleType } from "../types/role-type.js";

/** The roles of the firm, and what administrators do with them. */
@Resolver()
export class RolesResolver {
  @Query(() => [RoleType], { description: "The roles of the firm, by name; for administrators." })
  roles(
    @Arg("closed", () => Boolean, { defaultValue: false, description: "Those that are closed instead." })
    closed: boolean,
    @Ctx() context: IdentityContext,
  ): Promise<RoleType[]> {
    return listRoles(context, closed);
  }

  @Mutation(() => RoleType, { description: "Makes a role, which grants may name; for administrators." })
  createRole(
    @Arg("input", () => CreateRoleInput) { name }: CreateRoleInput,
    @Ctx() context: IdentityContext,
  ): Promise<RoleType> {
    return createRole(context, name);
  }

  @Mutation(() => RoleType, {
    description: "Gives a role another name, unless policies speak of it; for administrators.",
  })
  renameRole(
    @Arg("input", () => RenameRoleInput) input: RenameRoleInput,
    @Ctx() context: IdentityContext,
  ): Promise<RoleType> {
    return renameRole(context, input);
  }

  @Mutation(() => RoleType, {
    description:
      "Closes a role that nobody has, unless policies speak of it; for administrators. It stays closed.",
  })
  closeRole(
    @Arg("input", () => CloseRoleInput) { roleId }: CloseRoleInput,
    @Ctx() context: IdentityContext,
  ): Promise<RoleType> {
    return closeRole(context, roleId);
  }
}
