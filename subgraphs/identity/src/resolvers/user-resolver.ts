import { managesPeople } from "@onrecord/policy/discreet";
import { GraphQLDateTime } from "graphql-scalars";
import { Arg, Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { IdentityContext } from "../context.js";
import { accountOf } from "../loaders/account-of.js";
import { departmentById } from "../loaders/department-by-id.js";
import { userById } from "../loaders/user-by-id.js";
import { presentDepartment, presentUser } from "../present.js";
import { membershipAt } from "../queries/membership-at.js";
import { DepartmentType } from "../types/department-type.js";
import { MembershipType } from "../types/membership-type.js";
import { RoleType } from "../types/role-type.js";
import { UserType } from "../types/user-type.js";

/** A user's place in the firm, and what administrators are told of the account. */
@Resolver(() => UserType)
export class UserResolver {
  @FieldResolver(() => DepartmentType, { nullable: true })
  async department(
    @Root() { departmentId }: UserType,
    @Ctx() context: IdentityContext,
  ): Promise<DepartmentType | null> {
    const department = departmentId === null ? null : await departmentById(context).load(departmentId);
    return department && presentDepartment(department);
  }

  @FieldResolver(() => [RoleType], { nullable: true, description: "Null for everybody but administrators." })
  async roles(
    @Root() { id }: UserType,
    @Ctx() context: IdentityContext,
  ): Promise<readonly RoleType[] | null> {
    return (await accountOf(context).load(id))?.roles ?? null;
  }

  @FieldResolver(() => Boolean, {
    nullable: true,
    description: "Whether a password was set. Null for everybody but administrators.",
  })
  async passwordSet(@Root() { id }: UserType, @Ctx() context: IdentityContext): Promise<boolean | null> {
    return (await accountOf(context).load(id))?.passwordSet ?? null;
  }

  @FieldResolver(() => GraphQLDateTime, {
    nullable: true,
    description: "When the link for a password ends that is open. Null for everybody but administrators.",
  })
  async passwordLinkExpiresAt(
    @Root() { id }: UserType,
    @Ctx() context: IdentityContext,
  ): Promise<Date | null> {
    return (await accountOf(context).load(id))?.passwordLinkExpiresAt ?? null;
  }

  @FieldResolver(() => MembershipType, {
    nullable: true,
    description:
      "What they were in the firm at a time, of which a second has gone by; null: there was no account. For administrators.",
  })
  membership(
    @Root() { id }: UserType,
    @Arg("asOf", () => GraphQLDateTime) asOf: Date,
    @Ctx() context: IdentityContext,
  ): Promise<MembershipType | null> {
    return membershipAt(context, id, asOf);
  }
}

/** The users that other subgraphs refer to, as the caller may see them. */
export async function usersByReference(
  refs: readonly { id: string }[],
  context: IdentityContext,
): Promise<readonly (UserType | null | Error)[]> {
  const viewer = context.guard.requirePrincipal(context.caller);
  const manages = managesPeople(context.decisions, viewer);
  const users = await userById(context).loadMany(refs.map(({ id }) => id));
  return users.map((user) =>
    user === null || user instanceof Error ? user : presentUser(user, viewer, manages),
  );
}
