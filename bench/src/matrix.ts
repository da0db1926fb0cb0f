import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sentence } from "./failure.js";
import type { Outcome, Settings, Target } from "./load/job.js";
import { perform } from "./load/process.js";
import type { RunningServer, Server } from "./servers/server.js";
import type { Workload } from "./workloads/workload.js";

/** One run of one server. */
export interface Run {
  readonly server: string;
  /** Counted from 1; runs of one round stood next to each other in time, and are compared with each other. */
  readonly round: number;
  readonly outcome: Outcome;
}

/** What a matrix is made of. */
export interface MatrixOptions {
  readonly servers: readonly Server[];
  readonly rounds: number;
  readonly settings: Settings;
  /** Arguments for Node when Onrecord is started, e.g. to profile it. */
  readonly nodeArgs: readonly string[];
  readonly signal: AbortSignal;
  onRun(run: Run): void;
}

/**
 * Runs a workload on every server, round after round. The order of the servers is reversed every other round, so that none of them
 * always comes after the same one; each run has a fresh server, and nothing else of ours runs beside it.
 */
export async function runMatrix(workload: Workload, options: MatrixOptions): Promise<Run[]> {
  const { servers, rounds, signal } = options;
  await using stages = new AsyncDisposableStack();
  const base = await mkdtemp(join(tmpdir(), "onrecord-bench-"));
  stages.defer(() => rm(base, { recursive: true, force: true }));
  // As root, Postgres runs as another user, who must be able to enter.
  await chmod(base, 0o755);
  const all: Stage[] = [];
  for (const server of servers) {
    const dir = join(base, server.name);
    await mkdir(dir);
    all.push(new Stage(server, workload, dir, options));
  }

  const runs: Run[] = [];
  for (let round = 1; round <= rounds; round++) {
    for (const stage of round % 2 === 1 ? all : all.toReversed()) {
      if (signal.aborted) return runs;
      const outcome = await stage
        .play()
        .catch((error: unknown): Outcome => ({ ok: false, failure: sentence(error) }));
      const run = { server: stage.server.name, round, outcome };
      runs.push(run);
      options.onRun(run);
    }
  }
  return runs;
}

/** One server with its directory, for the rounds of one workload. */
class Stage {
  #seeded: readonly string[] | undefined;

  constructor(
    readonly server: Server,
    private readonly workload: Workload,
    private readonly dir: string,
    private readonly options: MatrixOptions,
  ) {}

  async play(): Promise<Outcome> {
    if (this.workload.seed && !this.#seeded) {
      await using running = await this.#start();
      const target = await this.#target(running);
      const outcome = await this.#perform("seed", target, running);
      if (!outcome.ok) return outcome;
      this.#seeded = target.documents;
    }
    await using running = await this.#start();
    return await this.#perform("run", await this.#target(running), running);
  }

  #start(): Promise<RunningServer> {
    return this.server.start({
      dir: this.dir,
      limits: this.workload.limits ?? {},
      seeded: this.workload.seed !== undefined,
      nodeArgs: this.server.name === "onrecord" ? this.options.nodeArgs : [],
    });
  }

  async #target({ target, createDocuments }: RunningServer): Promise<Target> {
    const count = this.workload.documents(this.options.settings);
    return { ...target, documents: this.#seeded ?? (await createDocuments(count)) };
  }

  async #perform(step: "seed" | "run", target: Target, running: RunningServer): Promise<Outcome> {
    const { settings, signal } = this.options;
    const outcome = await perform({ workload: this.workload.name, step, target, settings }, signal);
    const ended = running.ended();
    if (outcome.ok || ended === undefined) return outcome;
    return { ok: false, failure: `${outcome.failure}; ${ended}` };
  }
}
