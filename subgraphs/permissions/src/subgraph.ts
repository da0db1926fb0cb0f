import type { AppContext } from "@onrecord/context/context";
import { openOrm } from "@onrecord/postgres/orm";
import { beginExecution, shared } from "@onrecord/subgraph/context";
import type { Subgraph } from "@onrecord/subgraph/subgraph";
import type { PermissionsContext } from "./context.js";
import { GrantEntity } from "./entities/grant.js";
import { buildSchema } from "./schema.js";

/** The subgraph of who may do what: grants and what they come to. */
export async function createPermissionsSubgraph(context: AppContext): Promise<Subgraph> {
  const { db, log } = context;
  const orm = await openOrm({ db, log, schema: "permissions", entities: [GrantEntity] });
  const services = shared(context);
  return {
    name: "permissions",
    ...buildSchema(),
    context: (caller): PermissionsContext => beginExecution(services, orm, caller),
    [Symbol.asyncDispose]: () => orm[Symbol.asyncDispose](),
  };
}
