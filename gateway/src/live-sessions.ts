import type { AppContext } from "@onrecord/context/context";
import { AppError } from "@onrecord/core/errors";
import { type Principal, principalsOf } from "@onrecord/policy/principal";
import { readRevision } from "@onrecord/policy/resources";
import { Gauge } from "prom-client";

/** How often sessions are looked at, whatever the bus says: a lost hint costs this much. */
const TICK_MS = 400;

/** Why a connection must end: its session did, or this process does. */
export type Ending = "session-ended" | "restart";

interface Connection {
  readonly principal: Principal;
  readonly end: (why: Ending) => void;
}

/** The open connections and streams of this gateway: a connection ends when its session does, a person's streams are counted. */
export class LiveSessions {
  readonly #connections = new Set<Connection>();
  readonly #streams = new Map<string, number>();
  #revision = 0;
  /** A connection was opened since the last look: its session may have ended between its proof and now. */
  #unseen = false;
  #checking: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #unsubscribe: (() => void)[] = [];

  constructor(private readonly context: AppContext) {
    const streams = this.#streams;
    new Gauge({
      name: "onrecord_gateway_streams",
      help: "open GraphQL subscriptions",
      registers: [context.metrics],
      collect() {
        this.set([...streams.values()].reduce((sum, count) => sum + count, 0));
      },
    });
  }

  async start(): Promise<void> {
    const { db, bus } = this.context;
    this.#revision = await readRevision(db);
    this.#unsubscribe.push(
      bus.subscribe("permissions.changed", () => void this.#check()),
      bus.onGap(() => void this.#check()),
    );
    this.#timer = setInterval(() => void this.#tick(), TICK_MS);
  }

  /** Ends every connection in a way that clients take for "reconnect". */
  stop(): void {
    clearInterval(this.#timer);
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe();
    for (const { end } of this.#connections) end("restart");
    this.#connections.clear();
  }

  /** Ends a connection with its session. Returns the function that forgets it. */
  watch(principal: Principal, end: (why: Ending) => void): () => void {
    const connection = { principal, end };
    this.#connections.add(connection);
    this.#unseen = true;
    return () => void this.#connections.delete(connection);
  }

  /** Counts a stream. Returns the function that says that it ended; RATE_LIMITED past the person's limit. */
  openStream({ userId }: Principal): () => void {
    const open = this.#streams.get(userId) ?? 0;
    if (open >= this.context.config.limits.subscriptionsPerUser) {
      throw new AppError("RATE_LIMITED", `You have ${open} subscriptions open, which is the limit.`);
    }
    this.#streams.set(userId, open + 1);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      const left = (this.#streams.get(userId) ?? 1) - 1;
      if (left === 0) this.#streams.delete(userId);
      else this.#streams.set(userId, left);
    };
  }

  async #tick(): Promise<void> {
    if (this.#connections.size === 0) return;
    // Needs no database: what has expired ends even while there is none.
    const now = Date.now();
    this.#endWhere(({ principal }) => Date.parse(principal.expiresAt) <= now);
    const revision = await readRevision(this.context.db).catch(() => this.#revision);
    if (this.#unseen || revision !== this.#revision) await this.#check();
  }

  #check(): Promise<void> {
    this.#checking ??= this.#endDead()
      .catch((err: unknown) => {
        this.#unseen = true;
        this.context.log.warn({ err }, "sessions could not be read");
      })
      .finally(() => {
        this.#checking = undefined;
      });
    return this.#checking;
  }

  async #endDead(): Promise<void> {
    const { db } = this.context;
    this.#unseen = false;
    // Read before the sessions: a change in between is seen again on the next look.
    const revision = await readRevision(db);
    const looked = new Set(this.#connections);
    const ids = new Set([...looked].map(({ principal }) => principal.sessionId));
    const alive = await principalsOf(db, [...ids]);
    this.#endWhere((connection) => looked.has(connection) && !alive.has(connection.principal.sessionId));
    this.#revision = revision;
  }

  #endWhere(dead: (connection: Connection) => boolean): void {
    for (const connection of [...this.#connections].filter(dead)) {
      this.#connections.delete(connection);
      connection.end("session-ended");
    }
  }
}
