import { join } from "node:path";
import { Bus, type BusTransport } from "@onrecord/bus/bus";
import { NatsTransport } from "@onrecord/bus/nats-transport";
import { PostgresTransport } from "@onrecord/bus/postgres-transport";
import type { Config, Secrets } from "@onrecord/core/config";
import { newId } from "@onrecord/core/ids";
import { createLogger, type Logger } from "@onrecord/core/log";
import { serviceSecret } from "@onrecord/core/service-secret";
import { FileKeyProvider, type KeyProvider } from "@onrecord/keys/vault";
import { Ledger } from "@onrecord/ledger/ledger";
import { DecisionPoint } from "@onrecord/policy/decision";
import { Guard } from "@onrecord/policy/guard";
import { LiveRights } from "@onrecord/policy/live-rights";
import { SessionUse } from "@onrecord/policy/session-use";
import { checkReachable, Database } from "@onrecord/postgres/database";
import { startEmbeddedPostgres } from "@onrecord/postgres/embedded/embedded";
import { findRunningPostgres } from "@onrecord/postgres/embedded/running";
import { migrate } from "@onrecord/postgres/migrate";
import { Registry } from "prom-client";

/** What every service of a process shares; built by hand, once, and passed down. */
export interface AppContext extends AsyncDisposable {
  readonly config: Config;
  readonly log: Logger;
  readonly db: Database;
  readonly bus: Bus;
  readonly keys: KeyProvider;
  readonly metrics: Registry;
  readonly ledger: Ledger;
  readonly decisions: DecisionPoint;
  /** Asks `decisions`, and puts refusals on the `ledger`. */
  readonly guard: Guard;
  /** What this process keeps open for sessions, and on which rights. */
  readonly rights: LiveRights;
  /** Which sessions are being used. */
  readonly sessionUse: SessionUse;
  /** Names this process among the nodes. */
  readonly nodeId: string;
  /** Signs principals between our own processes. */
  readonly serviceSecret: string;
  readonly demoPassword: string;
  /** Resolves with a sentence when the process cannot go on (its embedded Postgres died). */
  readonly fatal: Promise<string>;
}

/** The login of the services: may append to the record, and may not change or delete what is on it. */
const SERVICE_ROLE = "onrecord_app";

/** How a context is opened. */
export interface ContextOptions {
  /** For commands that work beside a running server: its embedded Postgres is used where one runs, else one is started. */
  readonly beside?: boolean;
  /** Told what is being done, a few words at a time: the first start takes seconds. */
  readonly onProgress?: (step: string) => void;
}

/** Connects (starting the embedded Postgres when no DATABASE_URL is given), migrates, and builds the context. */
export async function createContext(
  config: Config,
  secrets: Secrets,
  log: Logger = createLogger(config.logLevel),
  options: ContextOptions = {},
): Promise<AppContext> {
  await using resources = new AsyncDisposableStack();
  const { url, adminUrl, role, fatal } = await openDatabase(config, secrets, log, options, resources);
  options.onProgress?.("migrating the database");
  await migrate(adminUrl, log);
  const db = resources.use(new Database(url, { log, ...(role ? { role } : {}) }));
  const nodeId = newId();
  const transport: BusTransport =
    config.bus.kind === "nats" ? new NatsTransport(config.bus.url, log) : new PostgresTransport(db, log);
  const bus = resources.use(new Bus(nodeId, transport, (err) => log.warn({ err }, "a bus message failed")));
  await bus.start();
  const keys = await FileKeyProvider.open(join(config.dataDir));
  const rights = resources.use(new LiveRights(db, bus, nodeId, log));
  await rights.start();
  const sessionUse = resources.use(new SessionUse(db, log, config.limits.sessionIdleMinutes));
  const secret = await serviceSecret(config.dataDir, secrets.serviceSecret);
  const ledger = resources.use(
    new Ledger(db, bus, (err) => log.warn({ err }, "refusals could not be recorded and are kept")),
  );
  const decisions = new DecisionPoint(db, log);
  const owned = resources.move();
  return {
    config,
    log,
    db,
    bus,
    keys,
    metrics: new Registry(),
    ledger,
    decisions,
    guard: new Guard(decisions, ledger),
    rights,
    sessionUse,
    nodeId,
    serviceSecret: secret,
    demoPassword: secrets.demoPassword,
    fatal,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function openDatabase(
  config: Config,
  secrets: Secrets,
  log: Logger,
  { beside, onProgress }: ContextOptions,
  resources: AsyncDisposableStack,
) {
  const never = new Promise<string>(() => undefined);
  if (secrets.databaseUrl === undefined) {
    const running = beside ? await findRunningPostgres(config.dataDir) : undefined;
    if (running) return { url: running.appUrl, adminUrl: running.adminUrl, role: undefined, fatal: never };
    onProgress?.("starting the database");
    const postgres = resources.use(await startEmbeddedPostgres({ dataDir: config.dataDir, log }));
    return { url: postgres.appUrl, adminUrl: postgres.adminUrl, role: undefined, fatal: postgres.exited };
  }
  await checkReachable(secrets.databaseUrl, "DATABASE_URL");
  if (secrets.databaseAdminUrl !== undefined)
    await checkReachable(secrets.databaseAdminUrl, "DATABASE_ADMIN_URL");
  return {
    url: secrets.databaseUrl,
    adminUrl: secrets.databaseAdminUrl ?? secrets.databaseUrl,
    // One login for everything: the services step down to the restricted role.
    role: secrets.databaseAdminUrl === undefined ? SERVICE_ROLE : undefined,
    fatal: never,
  };
}
