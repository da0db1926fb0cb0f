import type { AppContext } from "@onrecord/context/context";
import { Ledger } from "@onrecord/ledger/ledger";
import { DecisionPoint } from "@onrecord/policy/decision";
import { Guard } from "@onrecord/policy/guard";
import type { Caller } from "@onrecord/policy/principal";
import { openOrm } from "@onrecord/postgres/orm";
import type { Subgraph } from "@onrecord/subgraph/subgraph";
import type { PermissionsContext, PermissionsServices } from "./context.js";
import { GrantEntity } from "./entities/grant.js";
import { buildSchema } from "./schema.js";

/** The subgraph of who may do what: grants and what they come to. */
export async function createPermissionsSubgraph(context: AppContext): Promise<Subgraph> {
  const { bus, db, log } = context;
  const orm = await openOrm({ db, log, schema: "permissions", entities: [GrantEntity] });
  const ledger = new Ledger(db, bus);
  const decisions = new DecisionPoint(db);
  const services: PermissionsServices = {
    db,
    bus,
    ledger,
    decisions,
    guard: new Guard(decisions, ledger),
    rights: context.rights,
    em: orm.em,
  };
  return {
    name: "permissions",
    ...buildSchema(),
    context: (caller: Caller): PermissionsContext => ({ ...services, caller, em: services.em() }),
    [Symbol.asyncDispose]: () => orm[Symbol.asyncDispose](),
  };
}
