import type { AppContext } from "@onrecord/context/context";
import { Ledger } from "@onrecord/ledger/ledger";
import { DecisionPoint } from "@onrecord/policy/decision";
import { Guard } from "@onrecord/policy/guard";
import type { Caller } from "@onrecord/policy/principal";
import { openOrm } from "@onrecord/postgres/orm";
import type { Subgraph } from "@onrecord/subgraph/subgraph";
import type { IdentityContext, IdentityServices } from "./context.js";
import { entities } from "./entities/entities.js";
import { buildSchema } from "./schema.js";
import { SignInLimits } from "./sign-in-limits.js";

/** The subgraph of who is who: users, departments, sessions. */
export async function createIdentitySubgraph(context: AppContext): Promise<Subgraph> {
  const { bus, config, db, log } = context;
  const orm = await openOrm({ db, log, schema: "identity", entities });
  const ledger = new Ledger(db, bus);
  const decisions = new DecisionPoint(db);
  const services: IdentityServices = {
    db,
    bus,
    ledger,
    decisions,
    guard: new Guard(decisions, ledger),
    rights: context.rights,
    signInLimits: new SignInLimits(),
    sessionHours: config.limits.sessionHours,
    em: orm.em,
  };
  return {
    name: "identity",
    ...buildSchema(),
    context: (caller: Caller): IdentityContext => ({ ...services, caller, em: services.em() }),
    [Symbol.asyncDispose]: () => orm[Symbol.asyncDispose](),
  };
}
