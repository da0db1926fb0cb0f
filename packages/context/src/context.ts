import { join } from "node:path";
import { Bus, type BusTransport } from "@onrecord/bus/bus";
import { NatsTransport } from "@onrecord/bus/nats-transport";
import { PostgresTransport } from "@onrecord/bus/postgres-transport";
import { type Config, type LoginName, loginNames, type Secrets } from "@onrecord/core/config";
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
import { roleOf, stepsDownTo } from "@onrecord/postgres/roles";
import type { Tracer } from "@onrecord/telemetry/trace/tracer";
import { Registry } from "prom-client";
import { buildMetrics } from "./build.js";
import { busMetrics } from "./bus-metrics.js";
import { diskMetrics } from "./disk-metrics.js";
import { poolMetrics } from "./pool-metrics.js";
import { recordMetrics } from "./record-metrics.js";
import { rightsMetrics } from "./rights-metrics.js";
import { createTracer } from "./tracing.js";

/** What of a context goes by the login under which it connects. */
export interface UnderLogin {
  readonly db: Database;
  readonly ledger: Ledger;
  readonly decisions: DecisionPoint;
  /** Asks `decisions`, and puts refusals on the `ledger`. */
  readonly guard: Guard;
}

/** What every service of a process shares; built by hand, once, and passed down. */
export interface AppContext extends UnderLogin, AsyncDisposable {
  /**
   * What works under the login of one service, or under the owner's for whoever operates the machine, where this process has it. Made once
   * for each. See `onLogin`.
   */
  under(login: LoginName | "operator"): UnderLogin;
  readonly config: Config;
  readonly log: Logger;
  readonly bus: Bus;
  readonly keys: KeyProvider;
  readonly metrics: Registry;
  /** Makes traces; undefined: nobody wants any. */
  readonly tracer: Tracer | undefined;
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

/** What a process steps down to that has the owner's login and no other. */
const PROCESS_ROLE = "onrecord_app";
/** The most connections of a service beside others in one process; the pools of those that work for editors are the largest. */
const MOST: Readonly<Record<LoginName, number>> = {
  identity: 6,
  permissions: 6,
  documents: 12,
  audit: 6,
  collab: 12,
  gateway: 6,
};

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
  const { url, adminUrl, role, loginUrls, fatal } = await openDatabase(
    config,
    secrets,
    log,
    options,
    resources,
  );
  options.onProgress?.("migrating the database");
  await migrate(adminUrl, log);
  const step = role !== undefined && (await mayStepDown(url, role, log));
  const nodeId = newId();
  const metrics = new Registry();
  const tracer = createTracer(config, secrets, nodeId, metrics, log);
  if (tracer) resources.use(tracer);
  const db = resources.use(new Database(url, { log, tracer, ...(step ? { role } : {}) }));
  const transport: BusTransport =
    config.bus.kind === "nats" ? new NatsTransport(config.bus.url, log) : new PostgresTransport(db, log);
  const secret = await serviceSecret(config.dataDir, secrets.serviceSecret);
  const bus = resources.use(
    new Bus(nodeId, transport, (err) => log.warn({ err }, "a bus message failed"), secret),
  );
  await bus.start();
  const keys = await FileKeyProvider.open(join(config.dataDir));
  const rights = resources.use(new LiveRights(db, bus, nodeId, log));
  await rights.start();
  const sessionUse = resources.use(new SessionUse(db, log, config.limits.sessionIdleMinutes));
  const roles = await stepsDownTo(db, loginNames.map(roleOf));
  const owned = resources.move();
  /** What works on these connections: gone, with the refusals that it still counts written, before they are. */
  const workOn = (db: Database): UnderLogin => {
    const ledger = owned.use(
      new Ledger(db, bus, (err) => log.warn({ err }, "refusals could not be recorded and are kept")),
    );
    const decisions = new DecisionPoint(db, log);
    return { db, ledger, decisions, guard: new Guard(decisions, ledger) };
  };
  const shared = workOn(db);
  const made = new Map<string, UnderLogin>();
  const under = (login: LoginName | "operator"): UnderLogin => {
    const how = connect(login);
    if (how === null) return shared;
    const known =
      made.get(login) ?? workOn(owned.use(new Database(how.url, { log, tracer, within: db, ...how })));
    made.set(login, known);
    return known;
  };
  /** How a login is reached; null: the process's connections are its. */
  const connect = (login: LoginName | "operator") => {
    if (login === "operator") return { url: adminUrl, max: 2 };
    const own = loginUrls[login];
    if (own !== undefined) return own === url ? null : { url: own, max: MOST[login] };
    const service = roleOf(login);
    return roles.has(service) ? { url, max: MOST[login], role: service } : null;
  };
  const logins = () => [["process", shared] as const, ...made];
  buildMetrics(metrics, config.commit, nodeId);
  poolMetrics(metrics, () => logins().map(([login, { db }]) => [login, db]));
  recordMetrics(metrics, () => logins().map(([login, { ledger }]) => [login, ledger]));
  busMetrics(metrics, bus);
  diskMetrics(metrics, config.dataDir);
  rightsMetrics(metrics, rights);
  return {
    config,
    log,
    ...shared,
    bus,
    keys,
    metrics,
    tracer,
    rights,
    sessionUse,
    nodeId,
    serviceSecret: secret,
    demoPassword: secrets.demoPassword,
    fatal,
    under,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Whether a login has another one's role: a service's own has not. */
async function mayStepDown(url: string, role: string, log: Logger): Promise<boolean> {
  await using probe = new Database(url, { log, max: 1 });
  return (await stepsDownTo(probe, [role])).has(role);
}

/** A process's context under one login: what a service is made on. It ends with the context that it is made of. */
export function onLogin(context: AppContext, login: LoginName | "operator"): AppContext {
  return { ...context, ...context.under(login), [Symbol.asyncDispose]: async () => undefined };
}

/** How a process reaches its database. */
interface Reached {
  /** The process's own login. */
  readonly url: string;
  readonly adminUrl: string;
  /** What the process's own connections step down to. */
  readonly role: string | undefined;
  readonly loginUrls: Readonly<Partial<Record<LoginName, string>>>;
  readonly fatal: Promise<string>;
}

async function openDatabase(
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
    // A command beside the server is whoever operates the machine; what serves does without a login of its own for what all share.
    return { url: beside ? adminUrl : loginUrls.gateway, adminUrl, role: undefined, loginUrls, fatal };
  }
  await checkReachable(secrets.databaseUrl, "DATABASE_URL");
  if (secrets.databaseAdminUrl !== undefined)
    await checkReachable(secrets.databaseAdminUrl, "DATABASE_ADMIN_URL");
  for (const [name, url] of Object.entries(secrets.loginUrls))
    await checkReachable(url, `DATABASE_URL_${name.toUpperCase()}`);
  return {
    url: secrets.databaseUrl,
    adminUrl: secrets.databaseAdminUrl ?? secrets.databaseUrl,
    // One login for everything: the services step down to the restricted role.
    role: secrets.databaseAdminUrl === undefined ? PROCESS_ROLE : undefined,
    loginUrls: secrets.loginUrls,
    fatal: never,
  };
}
