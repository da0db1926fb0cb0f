import { Arg, Ctx, Mutation, Query, Resolver } from "type-graphql";
import { signIn } from "../commands/sign-in.js";
import { signOut } from "../commands/sign-out.js";
import type { IdentityContext } from "../context.js";
import { presentPrincipal } from "../present.js";
import { PrincipalType } from "../types/principal-type.js";
import { SignInInput, SignInPayload } from "../types/sign-in.js";

/** Signing in and out, and who one is. */
@Resolver()
export class SessionResolver {
  @Query(() => PrincipalType, { description: "Who I am." })
  me(@Ctx() { guard, caller }: IdentityContext): PrincipalType {
    return presentPrincipal(guard.requirePrincipal(caller));
  }

  @Mutation(() => SignInPayload, { description: "Starts a session." })
  async signIn(
    @Arg("input", () => SignInInput) input: SignInInput,
    @Ctx() context: IdentityContext,
  ): Promise<SignInPayload> {
    const { principal, ...given } = await signIn(context, input);
    return { ...given, principal: presentPrincipal(principal) };
  }

  @Mutation(() => Boolean, { description: "Ends my session, on every device that holds its token." })
  signOut(@Ctx() context: IdentityContext): Promise<boolean> {
    return signOut(context, context.guard.requirePrincipal(context.caller));
  }
}
