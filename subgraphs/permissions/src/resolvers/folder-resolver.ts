import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { PermissionsContext } from "../context.js";
import { Permission } from "../types/enums.js";
import { GrantType } from "../types/grant-type.js";
import { FolderType } from "../types/resource-types.js";
import { grantsOn, permissionsOn } from "./resource-access.js";

/** Access to a folder. */
@Resolver(() => FolderType)
export class FolderResolver {
  @FieldResolver(() => [Permission], { description: "What I may do with it." })
  permissions(@Root() { id }: FolderType, @Ctx() context: PermissionsContext): Promise<Permission[]> {
    return permissionsOn(context, id);
  }

  @FieldResolver(() => [GrantType], {
    description: "Who may reach it and how, also by grants above it; for those who may manage it.",
  })
  grants(@Root() { id }: FolderType, @Ctx() context: PermissionsContext): Promise<GrantType[]> {
    return grantsOn(context, { kind: "FOLDER", id });
  }
}
