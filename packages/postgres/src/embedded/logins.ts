import { type LoginName, loginNames } from "@onrecord/core/config";
import pg from "pg";
import { roleOf } from "../roles.js";
import { ownerRole } from "./cluster.js";
import type { WholeState } from "./state.js";

/** The login of the builds that had one for all services: no superuser, owns nothing, may do what migrations grant it. */
const appRole = "onrecord_app";

/** The one database of a deployment. */
const databaseName = "onrecord";

/** How the logins reach the database on a port of this machine. */
export interface ConnectionStrings {
  readonly adminUrl: string;
  readonly appUrl: string;
  readonly loginUrls: Readonly<Record<LoginName, string>>;
}

export function connectionStrings(state: WholeState, port: number): ConnectionStrings {
  const url = (role: string, password: string) =>
    `postgres://${role}:${password}@127.0.0.1:${port}/${databaseName}`;
  return {
    adminUrl: url(ownerRole, state.ownerPassword),
    appUrl: url(appRole, state.appPassword),
    loginUrls: Object.fromEntries(
      loginNames.map((name) => [name, url(roleOf(name), state.passwords[name])]),
    ) as Record<LoginName, string>,
  };
}

/** Creates the database and the services' logins where they are missing. Safe to repeat, so a crash half-way needs no care. */
export async function ensureLogins(adminUrl: string, state: WholeState): Promise<void> {
  const url = new URL(adminUrl);
  url.pathname = "/postgres";
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    const exists = async (query: string, name: string) => (await client.query(query, [name])).rowCount === 1;
    const logins = loginNames.map((name) => [roleOf(name), state.passwords[name]] as const);
    for (const [role, password] of [[appRole, state.appPassword] as const, ...logins]) {
      const verb = (await exists("SELECT FROM pg_roles WHERE rolname = $1", role)) ? "ALTER" : "CREATE";
      await client.query(
        `${verb} ROLE ${role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD ${client.escapeLiteral(password)}`,
      );
    }
    if (!(await exists("SELECT FROM pg_database WHERE datname = $1", databaseName))) {
      await client.query(`CREATE DATABASE ${databaseName} OWNER ${ownerRole} TEMPLATE template0`);
    }
  } finally {
    await client.end();
  }
}
