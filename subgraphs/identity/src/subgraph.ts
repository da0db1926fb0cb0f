import { type AppContext, onLogin } from "@onrecord/context/context";
import { beginExecution, shared } from "@onrecord/subgraph/context";
import type { Subgraph } from "@onrecord/subgraph/subgraph";
import type { IdentityContext } from "./context.js";
import { openIdentityOrm } from "./orm.js";
import { buildSchema } from "./schema.js";
import { SignInLimits } from "./sign-in-limits.js";

/** The subgraph of who is who: users, departments, sessions. */
export async function createIdentitySubgraph(process: AppContext): Promise<Subgraph> {
  const context = onLogin(process, "identity");
  const orm = await openIdentityOrm(context);
  const services = { ...shared(context), signInLimits: new SignInLimits() };
  return {
    name: "identity",
    ...buildSchema(),
    context: (caller): IdentityContext => beginExecution(services, orm, caller),
    [Symbol.asyncDispose]: () => orm[Symbol.asyncDispose](),
  };
}
