import pg from "pg";
import { ownerRole } from "./cluster.js";
import type { State } from "./state.js";

/** The login that services use: no superuser, owns nothing, may do what migrations grant it. */
const appRole = "onrecord_app";

/** The one database of a deployment. */
const databaseName = "onrecord";

/** How the two logins reach the database on a port of this machine. */
export function connectionStrings(state: State, port: number): { adminUrl: string; appUrl: string } {
  const url = (role: string, password: string) =>
    `postgres://${role}:${password}@127.0.0.1:${port}/${databaseName}`;
  return { adminUrl: url(ownerRole, state.ownerPassword), appUrl: url(appRole, state.appPassword) };
}

/** Creates the database and the services' login where they are missing. Safe to repeat, so a crash half-way needs no care. */
export async function ensureLogins(adminUrl: string, appPassword: string): Promise<void> {
  const url = new URL(adminUrl);
  url.pathname = "/postgres";
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    const exists = async (query: string, name: string) => (await client.query(query, [name])).rowCount === 1;
    const verb = (await exists("SELECT FROM pg_roles WHERE rolname = $1", appRole)) ? "ALTER" : "CREATE";
    await client.query(
      `${verb} ROLE ${appRole} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD ${client.escapeLiteral(appPassword)}`,
    );
    if (!(await exists("SELECT FROM pg_database WHERE datname = $1", databaseName))) {
      await client.query(`CREATE DATABASE ${databaseName} OWNER ${ownerRole} TEMPLATE template0`);
    }
  } finally {
    await client.end();
  }
}
