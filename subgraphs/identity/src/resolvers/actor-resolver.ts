import { managesPeople } from "@onrecord/policy/discreet";
import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { IdentityContext } from "../context.js";
import { userById } from "../loaders/user-by-id.js";
import { presentUser } from "../present.js";
import { ActorType } from "../types/actor-type.js";
import { UserType } from "../types/user-type.js";

/** What an actor is called, and which user it is. */
@Resolver(() => ActorType)
export class ActorResolver {
  @FieldResolver(() => String)
  async name(@Root() { kind, userId }: ActorType, @Ctx() context: IdentityContext): Promise<string> {
    switch (kind) {
      case "ANONYMOUS":
        return "Anonymous";
      case "SYSTEM":
        return "Onrecord";
      case "USER":
        return (userId && (await userById(context).load(userId))?.name) || "Unknown user";
    }
  }

  @FieldResolver(() => UserType, { nullable: true })
  async user(@Root() { userId }: ActorType, @Ctx() context: IdentityContext): Promise<UserType | null> {
    const viewer = context.guard.requirePrincipal(context.caller);
    const user = userId === null ? null : await userById(context).load(userId);
    return user && presentUser(user, viewer, managesPeople(context.decisions, viewer));
  }
}

/** The actors that other subgraphs refer to; null for an id that names none. */
export async function actorsByReference(
  refs: readonly { id: string }[],
  { guard, caller }: IdentityContext,
): Promise<readonly (ActorType | null)[]> {
  guard.requirePrincipal(caller);
  return refs.map(({ id }) => readActor(id));
}

/** Reads an actor's id. */
export function readActor(id: string): ActorType | null {
  if (id === "anonymous") return { id, kind: "ANONYMOUS", userId: null };
  if (id === "system") return { id, kind: "SYSTEM", userId: null };
  return id.startsWith("user:") ? { id, kind: "USER", userId: id.slice("user:".length) } : null;
}
