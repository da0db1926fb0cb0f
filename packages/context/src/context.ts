import { Bus, type BusTransport } from "@onrecord/bus/bus";
import { NatsTransport } from "@onrecord/bus/nats-transport";
import { PostgresTransport } from "@onrecord/bus/postgres-transport";
import { type Config, type LoginName, loginNames, type Secrets } from "@onrecord/core/config";
import { newId } from "@onrecord/core/ids";
import type { LimitName } from "@onrecord/core/limits";
import { createLogger, type Logger } from "@onrecord/core/log";
import { serviceSecret } from "@onrecord/core/service-secret";
import { Keyring } from "@onrecord/keys/keyring";
import { PlainKeys } from "@onrecord/keys/plain-keys";
import type { KeyProvider } from "@onrecord/keys/vault";
import { Ledger } from "@onrecord/ledger/ledger";
import { DecisionPoint } from "@onrecord/policy/decision";
import { Guard } from "@onrecord/policy/guard";
import { LiveRights } from "@onrecord/policy/live-rights";
import { SessionUse } from "@onrecord/policy/session-use";
import { type Bounds, boundsOf, patient } from "@onrecord/postgres/bounds";
import { Database } from "@onrecord/postgres/database";
import { migrate } from "@onrecord/postgres/migrate";
import { roleOf, stepsDownTo } from "@onrecord/postgres/roles";
import type { Tracer } from "@onrecord/telemetry/trace/tracer";
import { Registry } from "prom-client";
import { buildMetrics } from "./build.js";
import { busMetrics } from "./bus-metrics.js";
import { diskMetrics } from "./disk-metrics.js";
import type { Entry } from "./entry.js";
import { keyMetrics } from "./key-metrics.js";
import { poolMetrics } from "./pool-metrics.js";
import { type ContextOptions, reachDatabase, stepAllDown } from "./reach-database.js";
import { recordMetrics } from "./record-metrics.js";
import { rightsMetrics } from "./rights-metrics.js";
import { createTracer } from "./tracing.js";
import { Unrecorded } from "./unrecorded.js";

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
  readonly metricsToken: string | undefined;
  /** Resolves with a sentence when the process cannot go on (its embedded Postgres died). */
  readonly fatal: Promise<string>;
  /** The process ends: from now on nobody waits long for the database. */
  hurry(): void;
  /**
   * Tells in the log what is not on the record and should be: the process ends without waiting any longer. How many entries that are, with
   * those that were told before, since start.
   */
  tellUnrecorded(): number;
  /** How many entries were told of so far. */
  unrecorded(): number;
}

/** How many connections a service has beside others in one process; the pools of those that work for editors are the largest. */
const poolOf = {
  identity: "poolIdentity",
  permissions: "poolPermissions",
  documents: "poolDocuments",
  audit: "poolAudit",
  collab: "poolCollab",
  gateway: "poolGateway",
} as const satisfies Record<LoginName, LimitName>;

/** Connects (starting the embedded Postgres when no DATABASE_URL is given), migrates, and builds the context. */
export async function createContext(
  config: Config,
  secrets: Secrets,
  log: Logger = createLogger(config.logLevel, config.nodeName),
  options: ContextOptions = {},
): Promise<AppContext> {
  await using resources = new AsyncDisposableStack();
  const reached = await reachDatabase(config, secrets, log, options, resources);
  const { admin, fatal } = reached;
  await migrate(admin.url, log, { onBegin: () => options.onProgress?.("migrating the database") });
  const { own, logins } = reached.external ? await stepAllDown(reached, log) : reached;
  const nodeId = newId();
  const metrics = new Registry();
  const tracer = createTracer(config, secrets, nodeId, metrics, log);
  if (tracer) resources.use(tracer);
  const serving = boundsOf(config.limits);
  const bounds = options.beside ? patient(serving) : serving;
  const databases: Database[] = [];
  const open = ({ url, ...how }: Entry & { max: number; within?: Database; bounds?: Bounds }) => {
    const opened = new Database(url, { log, bounds, tracer, ...how });
    databases.push(opened);
    return opened;
  };
  const db = resources.use(open({ ...own, max: config.limits.poolShared }));
  const transport: BusTransport =
    config.bus.kind === "nats" ? new NatsTransport(config.bus.url, log) : new PostgresTransport(db, log);
  const secret = await serviceSecret(config.dataDir, secrets.serviceSecret);
  const bus = resources.use(
    new Bus(nodeId, transport, (err) => log.warn({ err }, "a bus message failed"), secret),
  );
  await bus.start();
  const keys = await Keyring.open(config.dataDir, config.keys, secrets.keys);
  const rights = resources.use(new LiveRights(db, bus, nodeId, log));
  await rights.start();
  const sessionUse = resources.use(new SessionUse(db, log, config.limits.sessionIdleMinutes));
  const roles = await stepsDownTo(db, loginNames.map(roleOf));
  const owned = resources.move();
  const unrecorded = new Unrecorded(log, metrics);
  /** What works on these connections: gone, with the refusals that it still counts written, before they are. */
  const workOn = (db: Database): UnderLogin => {
    const ledger = unrecorded.watch(owned.use(new Ledger(db, bus, unrecorded)));
    const decisions = new DecisionPoint(db, log);
    return { db, ledger, decisions, guard: new Guard(decisions, ledger) };
  };
  const shared = workOn(db);
  keys.watch((provider, lost) => {
    if (lost === null) log.warn({ provider }, "the key service answers again");
    else log.error({ provider, why: lost }, "the key service does not answer");
    const detail = { provider, node: nodeId };
    const action = lost === null ? "key.service-back" : "key.service-lost";
    const by = {
      actorKind: "SYSTEM",
      actorId: null,
      sessionId: null,
      requestId: newId(),
      from: null,
    } as const;
    // The database may be away as well; the log has it then.
    shared.ledger
      .record({ action, by, object: { kind: "FIRM", id: null }, detail })
      .catch((err: unknown) => log.warn({ err, provider }, "that could not be recorded"));
  });
  const made = new Map<string, UnderLogin>();
  const under = (login: LoginName | "operator"): UnderLogin => {
    const how = connect(login);
    if (how === null) return shared;
    const known = made.get(login) ?? workOn(owned.use(open({ ...how, within: db })));
    made.set(login, known);
    return known;
  };
  /** How a login is reached; null: the process's connections are its. */
  const connect = (login: LoginName | "operator") => {
    if (login === "operator") return { ...admin, max: 2, bounds: patient(serving) };
    const entry = logins[login];
    const max = config.limits[poolOf[login]];
    if (entry !== undefined) return entry.url === own.url ? null : { ...entry, max };
    const service = roleOf(login);
    return roles.has(service) ? { ...own, max, role: service } : null;
  };
  const working = () => [["process", shared] as const, ...made];
  buildMetrics(metrics, config.commit, nodeId);
  poolMetrics(metrics, () => working().map(([login, { db }]) => [login, db]));
  recordMetrics(metrics, () => working().map(([login, { ledger }]) => [login, ledger]));
  busMetrics(metrics, bus);
  keyMetrics(metrics, keys);
  diskMetrics(metrics, config.dataDir);
  rightsMetrics(metrics, rights);
  return {
    config,
    log,
    ...shared,
    bus,
    // Whoever runs a command is an operator.
    keys: options.beside ? keys : new PlainKeys(keys, log),
    metrics,
    tracer,
    rights,
    sessionUse,
    nodeId,
    serviceSecret: secret,
    demoPassword: secrets.demoPassword,
    metricsToken: secrets.metricsToken,
    fatal,
    under,
    hurry: () => {
      // Several things are done one after the other before all has ended.
      const share = (config.limits.stopSeconds * 1000) / 8;
      for (const database of databases) database.hurry(share);
    },
    tellUnrecorded: () => {
      unrecorded.tell();
      return unrecorded.total;
    },
    unrecorded: () => unrecorded.total,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** A process's context under one login: what a service is made on. It ends with the context that it is made of. */
export function onLogin(context: AppContext, login: LoginName | "operator"): AppContext {
  return { ...context, ...context.under(login), [Symbol.asyncDispose]: async () => undefined };
}
