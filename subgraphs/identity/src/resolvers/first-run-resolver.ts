import { Arg, Ctx, Mutation, Query, Resolver } from "type-graphql";
import { createFirstAdministrator } from "../commands/create-first-administrator.js";
import { setPassword } from "../commands/set-password.js";
import type { IdentityContext } from "../context.js";
import { CreateFirstAdministratorInput, ReadyAccountType, SetPasswordInput } from "../types/password-link.js";

/** What somebody does who cannot sign in yet, and holds a secret that was shown once. */
@Resolver()
export class FirstRunResolver {
  @Query(() => Boolean, {
    description:
      "Whether there never was an administrator: the first one is made with what the server's log shows.",
  })
  setupOpen(@Ctx() context: IdentityContext): Promise<boolean> {
    return context.setup.isOpen();
  }

  @Mutation(() => ReadyAccountType, {
    description: "Makes the first administrator, once, for whoever has what the server's log shows.",
  })
  createFirstAdministrator(
    @Arg("input", () => CreateFirstAdministratorInput) input: CreateFirstAdministratorInput,
    @Ctx() context: IdentityContext,
  ): Promise<ReadyAccountType> {
    return createFirstAdministrator(context, input);
  }

  @Mutation(() => ReadyAccountType, {
    description: "Sets the password of the account that a link is for, once, and ends its sessions.",
  })
  setPassword(
    @Arg("input", () => SetPasswordInput) input: SetPasswordInput,
    @Ctx() context: IdentityContext,
  ): Promise<ReadyAccountType> {
    return setPassword(context, input);
  }
}
