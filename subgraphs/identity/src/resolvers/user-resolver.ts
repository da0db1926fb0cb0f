import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { IdentityContext } from "../context.js";
import { departmentById } from "../loaders/department-by-id.js";
import { userById } from "../loaders/user-by-id.js";
import { presentUser } from "../present.js";
import { DepartmentType } from "../types/department-type.js";
import { UserType } from "../types/user-type.js";

/** A user's place in the firm. */
@Resolver(() => UserType)
export class UserResolver {
  @FieldResolver(() => DepartmentType, { nullable: true })
  async department(
    @Root() { departmentId }: UserType,
    @Ctx() context: IdentityContext,
  ): Promise<DepartmentType | null> {
    return departmentId === null ? null : departmentById(context).load(departmentId);
  }
}

/** The users that other subgraphs refer to, as the caller may see them. */
export async function usersByReference(
  refs: readonly { id: string }[],
  context: IdentityContext,
): Promise<readonly (UserType | null | Error)[]> {
  const viewer = context.guard.requirePrincipal(context.caller);
  const users = await userById(context).loadMany(refs.map(({ id }) => id));
  return users.map((user) => (user === null || user instanceof Error ? user : presentUser(user, viewer)));
}
