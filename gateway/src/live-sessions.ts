import type { AppContext } from "@onrecord/context/context";
import { AppError } from "@onrecord/core/errors";
import type { Principal } from "@onrecord/policy/principal";
import { Gauge } from "prom-client";

/** Why a connection must end: its session did, or this process does. */
export type Ending = "session-ended" | "restart";

/** A connection that lives as long as a session. */
export interface LiveConnection {
  /** Who its session stands for was read anew: roles, names and ends may be others. */
  renewed(principal: Principal): void;
  end(why: Ending): void;
}

/** The open connections and streams of this gateway: a connection ends when its session does, a person's streams are counted. */
export class LiveSessions {
  readonly #connections = new Set<LiveConnection>();
  readonly #streams = new Map<string, number>();

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

  /** Ends every connection in a way that clients take for "reconnect". */
  stop(): void {
    for (const connection of this.#connections) connection.end("restart");
    this.#connections.clear();
  }

  /** Binds a connection to its session for as long as it is open. Resolves with the function that says that it has closed. */
  async watch({ sessionId }: Principal, connection: LiveConnection): Promise<() => void> {
    this.#connections.add(connection);
    const right = await this.context.rights.open(sessionId, null, {
      renewed: (standing) => {
        if (standing !== null) return connection.renewed(standing.principal);
        this.#connections.delete(connection);
        connection.end("session-ended");
      },
    });
    return () => {
      this.#connections.delete(connection);
      right.release();
    };
  }

  /**
   * Counts a stream. Returns the function that says that it ended; RATE_LIMITED past the person's limit. A program that listens uses its
   * session meanwhile; a page has its streams open whether anybody sits before it or not.
   */
  openStream({ userId, sessionId }: Principal, ofPage: boolean): () => void {
    const open = this.#streams.get(userId) ?? 0;
    if (open >= this.context.config.limits.subscriptionsPerUser) {
      throw new AppError("RATE_LIMITED", `You have ${open} subscriptions open, which is the limit.`);
    }
    this.#streams.set(userId, open + 1);
    const unused = ofPage ? undefined : this.context.sessionUse.hold(sessionId);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      unused?.();
      const left = (this.#streams.get(userId) ?? 1) - 1;
      if (left === 0) this.#streams.delete(userId);
      else this.#streams.set(userId, left);
    };
  }
}
