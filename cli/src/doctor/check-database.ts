import { stepDown } from "@onrecord/context/entry";
import { type Config, loginNames, type Secrets } from "@onrecord/core/config";
import { AppError } from "@onrecord/core/errors";
import { createLogger } from "@onrecord/core/log";
import { appliedMigrations } from "@onrecord/postgres/applied-migrations";
import { checkServer } from "@onrecord/postgres/check-server";
import { Database } from "@onrecord/postgres/database";
import { findRunningPostgres } from "@onrecord/postgres/embedded/running";
import { pendingMigrations } from "@onrecord/postgres/migrate";
import { roleOf } from "@onrecord/postgres/roles";
import { faultOfEmpty } from "@onrecord/postgres/unsound-database";
import type { Finding } from "./checks.js";

/** Whether the database answers to each login that was configured, whether this build knows its migrations, and what the logins may. */
export async function checkDatabase({ dataDir }: Config, secrets: Secrets): Promise<Finding[]> {
  const { databaseUrl } = secrets;
  if (databaseUrl !== undefined) return checkExternal(databaseUrl, secrets);
  const running = await findRunningPostgres(dataDir);
  if (running === undefined) return [database("embedded Postgres; it runs only while Onrecord does")];
  return [database("embedded Postgres; it is running"), await checkMigrations(running.appUrl, false)];
}

async function checkExternal(url: string, { databaseAdminUrl, loginUrls }: Secrets): Promise<Finding[]> {
  const { version, pooled, superuser } = await checkServer(url, "DATABASE_URL");
  const notes = [
    `the Postgres ${Math.floor(version / 10_000)} of DATABASE_URL answers`,
    ...(pooled ? [", through a pooler"] : []),
    ...(superuser ? ["; its login is a superuser, which Onrecord does not need"] : []),
  ];
  const findings = [database(notes.join(""))];
  const services = loginNames.flatMap((name) => {
    const own = loginUrls[name];
    return own === undefined
      ? []
      : [{ url: own, variable: `DATABASE_URL_${name.toUpperCase()}`, roles: [roleOf(name)] }];
  });
  const entries: { url: string; variable: string; roles?: string[] }[] = [
    ...(databaseAdminUrl === undefined ? [] : [{ url: databaseAdminUrl, variable: "DATABASE_ADMIN_URL" }]),
    { url, variable: "DATABASE_URL", roles: ["onrecord_app", ...loginNames.map(roleOf)] },
    ...services,
  ];
  let migrations = await checkMigrations(url, pooled);
  for (const { url, variable, roles } of entries) {
    const look = async () => {
      const { pooled } = await checkServer(url, variable);
      // The owner sees what the services' login may not.
      if (url === databaseAdminUrl) migrations = await checkMigrations(url, pooled);
      // In an empty database there are no roles yet.
      else if (migrations.ok && roles)
        await stepDown({ url, pooled }, variable, roles, createLogger("silent"));
    };
    await look().catch((error: unknown) => findings.push(fault("database", error)));
  }
  return [...findings, migrations];
}

async function checkMigrations(url: string, pooled: boolean): Promise<Finding> {
  await using db = new Database(url, { log: createLogger("silent"), max: 1, pooled });
  try {
    const pending = await pendingMigrations(db);
    const unsound = pending.length === 0 ? undefined : await faultOfEmpty(db);
    if (unsound !== undefined) return { check: "migrations", ok: false, text: unsound };
    const ok = pending.length === 0;
    const newest = (await appliedMigrations(db)).at(-1) ?? "none";
    const text = ok
      ? `at ${newest}`
      : `at ${newest}, this build needs ${pending.at(-1)}: run \`onrecord migrate\``;
    return { check: "migrations", ok, text };
  } catch (error) {
    return fault("migrations", error);
  }
}

function database(text: string): Finding {
  return { check: "database", ok: true, text };
}

/** A line for what an operator can mend. */
export function fault(check: Finding["check"], error: unknown): Finding {
  const { code, message } = error as { code?: unknown; message: string };
  if (error instanceof AppError) return { check, ok: false, text: message.replaceAll("\n", " ") };
  // Postgres's "insufficient privilege".
  if (code !== "42501") throw error;
  return {
    check,
    ok: false,
    text: `this login may not look (${message}): as the owner, grant it a role of Onrecord's, or set DATABASE_ADMIN_URL to the owner's`,
  };
}
