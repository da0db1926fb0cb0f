import { AppError } from "@onrecord/core/errors";
import type { Logger } from "@onrecord/core/log";
import { checkServer } from "@onrecord/postgres/check-server";
import { Database } from "@onrecord/postgres/database";
import { worksAs } from "@onrecord/postgres/roles";

/** How connections with a URL are made: with which role, and whether through a pooler. */
export interface Entry {
  readonly url: string;
  readonly pooled: boolean;
  readonly role?: string;
}

/** The way in by the URL of a variable, which must lead to a server that Onrecord can work on; no role yet. */
export async function enter(url: string, variable: string): Promise<Entry> {
  return { url, pooled: (await checkServer(url, variable)).pooled };
}

/**
 * The same way with the first of these roles that its login has, so that an owner or a superuser serves with no more than a service may.
 * Throws a sentence when the login has none. The database must be migrated.
 */
export async function stepDown(
  entry: Entry,
  variable: string,
  roles: readonly string[],
  log: Logger,
): Promise<Entry> {
  await using probe = new Database(entry.url, { log, max: 1, pooled: entry.pooled });
  const how = await worksAs(probe, roles);
  if ("login" in how)
    throw new AppError(
      "BAD_CONFIG",
      `The login ${how.login} of ${variable} has no role of Onrecord's: as the owner, \`grant ${roles[0]} to ${how.login}\`, or put the login ${roles[0]} into ${variable}.`,
    );
  return how.role === undefined ? entry : { ...entry, role: how.role };
}
