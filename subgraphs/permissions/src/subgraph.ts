import { type AppContext, onLogin } from "@onrecord/context/context";
import { beginExecution, shared } from "@onrecord/subgraph/context";
import type { Subgraph } from "@onrecord/subgraph/subgraph";
import type { PermissionsContext } from "./context.js";
import { openPermissionsOrm } from "./orm.js";
import { buildSchema } from "./schema.js";

/** The subgraph of who may do what: grants and what they come to. */
export async function createPermissionsSubgraph(process: AppContext): Promise<Subgraph> {
  const context = onLogin(process, "permissions");
  const orm = await openPermissionsOrm(context);
  const services = shared(context);
  return {
    name: "permissions",
    ledger: context.ledger,
    ...buildSchema(),
    context: (caller): PermissionsContext => beginExecution(services, orm, caller),
    [Symbol.asyncDispose]: () => orm[Symbol.asyncDispose](),
  };
}
