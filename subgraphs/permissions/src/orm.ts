import type { AppContext } from "@onrecord/context/context";
import { type Orm, openOrm } from "@onrecord/postgres/orm";
import { GrantEntity } from "./entities/grant.js";

/** Opens this subgraph's entities on a process's connections. */
export function openPermissionsOrm({ db, log }: Pick<AppContext, "db" | "log">): Promise<Orm> {
  return openOrm({ db, log, schema: "permissions", entities: [GrantEntity] });
}
