import { AppError } from "@onrecord/core/errors";
import { managesPeople } from "@onrecord/policy/discreet";
import { FIRM_ID } from "@onrecord/policy/levels";
import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { IdentityContext } from "../context.js";
import { userById } from "../loaders/user-by-id.js";
import { presentUser } from "../present.js";
import { Capability, PrincipalType } from "../types/principal-type.js";
import { UserType } from "../types/user-type.js";

const asked = {
  readAudit: Capability.READ_AUDIT,
  createTopFolder: Capability.CREATE_TOP_FOLDER,
  managePeople: Capability.MANAGE_PEOPLE,
} as const;
const actions = Object.keys(asked) as (keyof typeof asked)[];

/** What is known of a principal beyond the session. */
@Resolver(() => PrincipalType)
export class PrincipalResolver {
  @FieldResolver(() => UserType)
  async user(@Root() { principal }: PrincipalType, @Ctx() context: IdentityContext): Promise<UserType> {
    const user = await userById(context).load(principal.userId);
    if (user === null) throw new AppError("UNAUTHENTICATED", "This account is no more.");
    return presentUser(user, principal, managesPeople(context.decisions, principal));
  }

  @FieldResolver(() => [Capability])
  async capabilities(
    @Root() { principal }: PrincipalType,
    @Ctx() { decisions }: IdentityContext,
  ): Promise<Capability[]> {
    const decided = (await decisions.decideEach(principal, actions, [FIRM_ID])).get(FIRM_ID);
    return actions.filter((action) => decided?.[action].allow).map((action) => asked[action]);
  }
}
