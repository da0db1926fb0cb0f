import type { Connection } from "@onrecord/subgraph/relay";
import { Arg, Args, Ctx, ID, Mutation, Query, Resolver } from "type-graphql";
import { createPasswordLink } from "../commands/create-password-link.js";
import { createUser } from "../commands/create-user.js";
import { reinstateUser, suspendUser } from "../commands/suspend-user.js";
import { updateUser } from "../commands/update-user.js";
import type { IdentityContext } from "../context.js";
import { findPerson, listUsers } from "../queries/list-users.js";
import { PageArgs } from "../types/page-args.js";
import { CreateUserPayload, PasswordLinkType } from "../types/password-link.js";
import {
  CreateUserInput,
  SuspendUserInput,
  UpdateUserInput,
  UserFilter,
  UserIdInput,
} from "../types/people-inputs.js";
import { UserConnection, UserType } from "../types/user-type.js";

/** What administrators do with people. */
@Resolver()
export class PeopleResolver {
  @Query(() => UserConnection, { description: "The people of the firm, by name; for administrators." })
  users(
    @Args(() => PageArgs) args: PageArgs,
    @Arg("filter", () => UserFilter, { nullable: true }) filter: UserFilter | undefined,
    @Ctx() context: IdentityContext,
  ): Promise<Connection<UserType>> {
    return listUsers(context, filter ?? {}, args);
  }

  @Query(() => UserType, { nullable: true, description: "Somebody of the firm; for administrators." })
  user(@Arg("id", () => ID) id: string, @Ctx() context: IdentityContext): Promise<UserType | null> {
    return findPerson(context, id);
  }

  @Mutation(() => CreateUserPayload, {
    description:
      "Makes an account, with a link on which its owner sets the password. It may not outlast the maker's own.",
  })
  createUser(
    @Arg("input", () => CreateUserInput) input: CreateUserInput,
    @Ctx() context: IdentityContext,
  ): Promise<CreateUserPayload> {
    return createUser(context, input);
  }

  @Mutation(() => UserType, {
    description:
      "Changes an account; what is not given stays. What loses rights is closed before this answers.",
  })
  updateUser(
    @Arg("input", () => UpdateUserInput) input: UpdateUserInput,
    @Ctx() context: IdentityContext,
  ): Promise<UserType> {
    return updateUser(context, input);
  }

  @Mutation(() => UserType, {
    description:
      "Suspends an account: its sessions end, and what is open on them is closed before this answers.",
  })
  suspendUser(
    @Arg("input", () => SuspendUserInput) input: SuspendUserInput,
    @Ctx() context: IdentityContext,
  ): Promise<UserType> {
    return suspendUser(context, input);
  }

  @Mutation(() => UserType, { description: "Ends a suspension. Sessions that it ended stay ended." })
  reinstateUser(
    @Arg("input", () => UserIdInput) { userId }: UserIdInput,
    @Ctx() context: IdentityContext,
  ): Promise<UserType> {
    return reinstateUser(context, userId);
  }

  @Mutation(() => PasswordLinkType, {
    description: "Makes a link on which somebody sets their password; the one made before is void.",
  })
  createPasswordLink(
    @Arg("input", () => UserIdInput) { userId }: UserIdInput,
    @Ctx() context: IdentityContext,
  ): Promise<PasswordLinkType> {
    return createPasswordLink(context, userId);
  }
}
