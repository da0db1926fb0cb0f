import { type Config, type LoginName, loginNames, type Secrets } from "@onrecord/core/config";
import type { Logger } from "@onrecord/core/log";
import { startEmbeddedPostgres } from "@onrecord/postgres/embedded/embedded";
import { findRunningPostgres } from "@onrecord/postgres/embedded/running";
import { roleOf } from "@onrecord/postgres/roles";
import { type Entry, enter, stepDown } from "./entry.js";

/** What a process steps down to that has the owner's login and no other. */
const PROCESS_ROLE = "onrecord_app";

/** How a context is opened. */
export interface ContextOptions {
  /** For commands that work beside a running server: its embedded Postgres is used where one runs, else one is started. */
  readonly beside?: boolean;
  /** Told what is being done, a few words at a time: the first start takes seconds. */
  readonly onProgress?: (step: string) => void;
}

/** How a process reaches its database. */
export interface Reached {
  /** The process's own login. */
  readonly own: Entry;
  readonly admin: Entry;
  readonly logins: Readonly<Partial<Record<LoginName, Entry>>>;
  /** Its logins are an operator's, and may be anybody's. */
  readonly external: boolean;
  readonly fatal: Promise<string>;
}

/** Every login with the role that it serves with. */
export async function stepAllDown(
  { own, logins }: Reached,
  log: Logger,
): Promise<Pick<Reached, "own" | "logins">> {
  const services = Object.entries(logins) as [LoginName, Entry][];
  const stepped = await Promise.all(
    services.map(async ([name, entry]) => {
      const down = await stepDown(entry, `DATABASE_URL_${name.toUpperCase()}`, [roleOf(name)], log);
      return [name, down] as const;
    }),
  );
  return {
    own: await stepDown(own, "DATABASE_URL", [PROCESS_ROLE, ...loginNames.map(roleOf)], log),
    logins: Object.fromEntries(stepped),
  };
}

/** Finds out how this process reaches its database; starts the embedded one where none is given. Nothing is migrated yet. */
export async function reachDatabase(
  config: Config,
  secrets: Secrets,
  log: Logger,
  { beside, onProgress }: ContextOptions,
  resources: AsyncDisposableStack,
): Promise<Reached> {
  const never = new Promise<string>(() => undefined);
  if (secrets.databaseUrl === undefined) {
    const running = beside ? await findRunningPostgres(config.dataDir) : undefined;
    if (!running) onProgress?.("starting the database");
    const started = running
      ? undefined
      : resources.use(await startEmbeddedPostgres({ dataDir: config.dataDir, log }));
    const { adminUrl, loginUrls } = running ?? started!;
    const fatal = started?.exited ?? never;
    const direct = (url: string): Entry => ({ url, pooled: false });
    const logins = Object.entries(loginUrls).map(([name, url]) => [name, direct(url)] as const);
    return {
      // A command beside the server is whoever operates the machine; what serves does without a login of its own for what all share.
      own: direct(beside ? adminUrl : loginUrls.gateway),
      admin: direct(adminUrl),
      logins: Object.fromEntries(logins),
      external: false,
      fatal,
    };
  }
  const { databaseAdminUrl, loginUrls, databaseUrl } = secrets;
  const own = await enter(databaseUrl, "DATABASE_URL");
  const logins: Partial<Record<LoginName, Entry>> = {};
  for (const name of loginNames) {
    const url = loginUrls[name];
    if (url !== undefined) logins[name] = await enter(url, `DATABASE_URL_${name.toUpperCase()}`);
  }
  return {
    own,
    admin: databaseAdminUrl === undefined ? own : await enter(databaseAdminUrl, "DATABASE_ADMIN_URL"),
    logins,
    external: true,
    fatal: never,
  };
}
