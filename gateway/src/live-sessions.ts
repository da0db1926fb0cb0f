import type { AppContext } from "@onrecord/platform/context";
import { AppError } from "@onrecord/platform/errors";
import { type Principal, principalsOf } from "@onrecord/policy/principal";
import { readRevision } from "@onrecord/policy/resources";
import { Gauge } from "prom-client";

/** How often sessions are looked at, whatever the bus says: a lost hint costs this much. */
const TICK_MS = 400;

interface Stream {
  readonly principal: Principal;
  readonly end: () => void;
}

/** The open streams of this gateway, each of which ends when its session does. */
export class LiveSessions {
  readonly #streams = new Set<Stream>();
  #revision = 0;
  #checking: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #unsubscribe: (() => void) | undefined;

  constructor(private readonly context: AppContext) {
    const streams = this.#streams;
    new Gauge({
      name: "onrecord_gateway_streams",
      help: "open GraphQL subscriptions",
      registers: [context.metrics],
      collect() {
        this.set(streams.size);
      },
    });
  }

  async start(): Promise<void> {
    this.#revision = await readRevision(this.context.db);
    this.#unsubscribe = this.context.bus.subscribe("permissions.changed", () => void this.#check());
    this.#timer = setInterval(() => void this.#tick(), TICK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#unsubscribe?.();
    for (const { end } of this.#streams) end();
  }

  /** Counts a stream and ends it with its session. Returns the function that forgets it; RATE_LIMITED past the user's limit. */
  add(principal: Principal, end: () => void): () => void {
    const limit = this.context.config.limits.subscriptionsPerUser;
    let open = 0;
    for (const stream of this.#streams) if (stream.principal.userId === principal.userId) open++;
    if (open >= limit)
      throw new AppError("RATE_LIMITED", `You have ${open} subscriptions open, which is the limit.`);
    const stream = { principal, end };
    this.#streams.add(stream);
    return () => void this.#streams.delete(stream);
  }

  async #tick(): Promise<void> {
    if (this.#streams.size === 0) return;
    const now = Date.now();
    const expired = [...this.#streams].some(({ principal }) => Date.parse(principal.expiresAt) <= now);
    const revision = await readRevision(this.context.db).catch(() => this.#revision);
    if (expired || revision !== this.#revision) await this.#check();
  }

  #check(): Promise<void> {
    this.#checking ??= this.#endDead()
      .catch((err: unknown) => this.context.log.warn({ err }, "sessions could not be read"))
      .finally(() => {
        this.#checking = undefined;
      });
    return this.#checking;
  }

  async #endDead(): Promise<void> {
    const revision = await readRevision(this.context.db);
    const streams = [...this.#streams];
    const alive = await principalsOf(this.context.db, [
      ...new Set(streams.map(({ principal }) => principal.sessionId)),
    ]);
    for (const stream of streams) if (!alive.has(stream.principal.sessionId)) stream.end();
    this.#revision = revision;
  }
}
