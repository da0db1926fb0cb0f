import { dirname, relative, resolve } from "node:path";
import type { LoginName } from "@onrecord/core/config";
import type { Logger } from "@onrecord/core/log";
import { type Binaries, findBinaries } from "./binaries.js";
import { ensureCluster } from "./cluster.js";
import { explainFileError, openDataDir } from "./data-dir.js";
import { lockDirectory } from "./instance-lock.js";
import { connectionStrings, ensureLogins } from "./logins.js";
import { stopOrphan } from "./orphan.js";
import { chooseCluster, noteStandIn, possibleClusters, setAside } from "./place.js";
import { reachableBinaries } from "./portable-binaries.js";
import { serve } from "./serve.js";
import { findServerUser } from "./server-user.js";
import { serverSettings } from "./settings.js";
import { newState, readState, type State, whole, writeState } from "./state.js";

/** A Postgres of our own that runs until it is disposed of. */
export interface EmbeddedPostgres extends AsyncDisposable {
  /** Connection string of the owner of everything; for migrations only. */
  readonly adminUrl: string;
  /** Connection string of the login that may do what all services may. */
  readonly appUrl: string;
  /** Connection strings of each service's own login. */
  readonly loginUrls: Readonly<Record<LoginName, string>>;
  /** Resolves with a sentence if Postgres dies without having been asked to. */
  readonly exited: Promise<string>;
}

/** What `startEmbeddedPostgres` is told. */
export interface EmbeddedOptions {
  /** Where passwords, the database (unless the OS user that runs it may not enter) and the lock lie. */
  readonly dataDir: string;
  readonly log: Logger;
  /** A port of 127.0.0.1 to insist on; by default the last run's if it is free, else any. */
  readonly port?: number;
  /** Overrides of server settings, e.g. `fsync: "off"` in tests. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The build to run instead of the one that npm installed, which the OS user that runs it may enter: in tests of other major versions. */
  readonly binaries?: Binaries;
}

/**
 * Starts a Postgres on the data directory, initialising, recovering and clearing away what a killed process left as needed.
 * Throws CONFLICT while another process holds the directory, and BAD_CONFIG with a sentence for what an operator can mend.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const dataDir = await openDataDir(resolve(options.dataDir));
  try {
    return await start(dataDir, options);
  } catch (err) {
    throw explainFileError(dataDir, err);
  }
}

async function start(dataDir: string, options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const { log } = options;
  await using held = new AsyncDisposableStack();
  held.use(lockDirectory(dataDir));

  const saved = await readState(dataDir);
  const installed = options.binaries ?? (await findBinaries());
  const user = await findServerUser(possibleClusters(dataDir, saved));
  const cluster = await chooseCluster(dataDir, saved, user);
  // A copy of a data directory may point at the same stand-in as the original does.
  if (dirname(cluster) !== dataDir) held.use(lockDirectory(dirname(cluster)));
  await stopOrphan(cluster, log);
  const binaries = options.binaries ?? (await reachableBinaries(installed, user, log));

  // Passwords reach the disk before the database that demands them.
  const state = saved ? whole(saved) : newState();
  if (!saved) await setAside(cluster, log);
  if (saved?.passwords === undefined) await writeState(dataDir, state);
  const settings = { ...serverSettings, ...options.settings };
  const durable = settings.fsync !== "off";
  await ensureCluster(cluster, { binaries, user, ownerPassword: state.ownerPassword, durable });
  if (state.cluster === undefined) await noteStandIn(dataDir, cluster, log);

  const { server, port } = await serve(cluster, {
    binaries,
    user,
    settings,
    log,
    insistOn: options.port,
    prefer: state.port,
  });
  held.defer(() => server.stop());
  const { adminUrl, appUrl, loginUrls } = connectionStrings(state, port);
  await ensureLogins(adminUrl, state);
  await remember(dataDir, state, { port, cluster: fromDataDir(dataDir, cluster) });
  log.info({ port, cluster, version: binaries.version }, "postgres is ready");

  const running = held.move();
  return {
    adminUrl,
    appUrl,
    loginUrls,
    exited: server.exited,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function remember(
  dataDir: string,
  state: State,
  now: Required<Pick<State, "port" | "cluster">>,
): Promise<void> {
  if (state.port === now.port && state.cluster === now.cluster) return;
  await writeState(dataDir, { ...state, ...now });
}

/** Relative where it lies inside, so that a data directory may be moved. */
function fromDataDir(dataDir: string, cluster: string): string {
  const path = relative(dataDir, cluster);
  return path.startsWith("..") ? cluster : path;
}
