import type { AppContext } from "@onrecord/context/context";
import { type Orm, openOrm } from "@onrecord/postgres/orm";
import { entities } from "./entities/entities.js";

/** Opens this subgraph's entities on a process's connections. */
export function openIdentityOrm({ db, log }: Pick<AppContext, "db" | "log">): Promise<Orm> {
  return openOrm({ db, log, schema: "identity", entities });
}
