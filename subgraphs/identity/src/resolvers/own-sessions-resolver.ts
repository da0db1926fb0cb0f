import type { Connection } from "@onrecord/subgraph/relay";
import { Arg, Args, Ctx, Int, Mutation, Query, Resolver } from "type-graphql";
import { changePassword } from "../commands/change-password.js";
import { endOtherSessions } from "../commands/end-other-sessions.js";
import { endSession } from "../commands/end-session.js";
import type { IdentityContext } from "../context.js";
import { listOwnSessions } from "../queries/list-own-sessions.js";
import { PageArgs } from "../types/page-args.js";
import {
  ChangePasswordInput,
  EndSessionInput,
  SessionConnection,
  type SessionType,
} from "../types/session-type.js";

/** What somebody sees of their own sessions, and how they end them. */
@Resolver()
export class OwnSessionsResolver {
  @Query(() => SessionConnection, { description: "My living sessions, the newest first." })
  mySessions(
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: IdentityContext,
  ): Promise<Connection<SessionType>> {
    return listOwnSessions(context, context.guard.requirePrincipal(context.caller), args);
  }

  @Mutation(() => Boolean, {
    description: "Ends one of my sessions; false when it had ended already. What was open on it is closed.",
  })
  endSession(
    @Arg("input", () => EndSessionInput) { sessionId }: EndSessionInput,
    @Ctx() context: IdentityContext,
  ): Promise<boolean> {
    return endSession(context, context.guard.requirePrincipal(context.caller), sessionId);
  }

  @Mutation(() => Int, { description: "Ends all my sessions but this one, and says how many those were." })
  endOtherSessions(@Ctx() context: IdentityContext): Promise<number> {
    return endOtherSessions(context, context.guard.requirePrincipal(context.caller));
  }

  @Mutation(() => Int, {
    description: "Changes my password, ends all my sessions but this one, and says how many those were.",
  })
  changePassword(
    @Arg("input", () => ChangePasswordInput) input: ChangePasswordInput,
    @Ctx() context: IdentityContext,
  ): Promise<number> {
    return changePassword(context, context.guard.requirePrincipal(context.caller), input);
  }
}
