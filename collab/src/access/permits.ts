import { type Access, closeReasons } from "@onrecord/collab-protocol/protocol";
import type { Logger } from "@onrecord/core/log";
import type { Decision, DecisionPoint } from "@onrecord/policy/decision";
import { type Principal, principalsOf } from "@onrecord/policy/principal";
import { readMoment } from "@onrecord/policy/resources";
import type { Sql } from "@onrecord/postgres/database";
import type { Connection } from "../connection/connection.js";
import { DatabaseClock } from "./database-clock.js";

const actions = ["view", "comment", "edit"] as const;
/** How often the revision is read and expiries are looked at, whatever the bus says: a lost hint costs this much. */
const TICK_MS = 400;

/** What a principal may do on a document, with the revision it was decided at. */
export interface Permit {
  readonly access: Access | null;
  readonly visible: boolean;
  readonly decision: Decision;
  readonly expiresAt: number;
}

/**
 * Keeps the rights of open sockets true. Every open connection was decided on at `revision`, and changes are committed only
 * under that revision, so a right that was taken away can write nothing, however the messages race.
 */
export class Permits {
  revision = 0;
  readonly connections = new Set<Connection>();
  readonly clock = new DatabaseClock();
  #refreshing: Promise<void> | undefined;
  #again = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly sql: Sql,
    private readonly decisions: DecisionPoint,
    private readonly log: Logger,
  ) {}

  async start(): Promise<void> {
    this.revision = await this.#read();
    this.#timer = setInterval(() => void this.#tick(), TICK_MS);
  }

  /** Whether the session or the grant of a connection has ended, unless it was prolonged: to be decided again. */
  isOver({ expiresAt }: Connection): boolean {
    return expiresAt <= this.clock.now();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Decides for a connection that opens, at the revision that the others stand at. */
  async decide(principal: Principal, documentId: string): Promise<Permit> {
    for (;;) {
      const decided = await this.decisions.decideEach(principal, actions, [documentId]);
      const permit = permitOf(principal, decided.get(documentId)!);
      if (permit.decision.revision === this.revision) return permit;
      await this.refresh();
    }
  }

  /**
   * A session's principal and what it may do, both of the revision that open connections stand at. Null when the session has ended:
   * that moves the revision too, so a session that ends while we look is noticed.
   */
  async stand(
    sessionId: string,
    documentId: string,
  ): Promise<{ principal: Principal; permit: Permit } | null> {
    for (;;) {
      const before = await this.#read();
      const principal = (await principalsOf(this.sql, [sessionId])).get(sessionId);
      if (!principal) return null;
      const decided = await this.decisions.decideEach(principal, actions, [documentId]);
      const permit = permitOf(principal, decided.get(documentId)!);
      if (permit.decision.revision === before && before === this.revision) return { principal, permit };
      await this.refresh();
    }
  }

  /** Decides again on connections whose right seems to have ended by time. */
  async confirm(connections: Iterable<Connection>): Promise<void> {
    // Nobody decides any more on one that has left.
    for (const connection of connections)
      if (this.isOver(connection) && !this.connections.has(connection)) connection.access = "view";
    await this.refresh();
  }

  /** Decides on every open connection again and closes those that lost their right. Resolves when all stand at the committed revision. */
  refresh(): Promise<void> {
    this.#again = true;
    this.#refreshing ??= this.#refreshAll().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #refreshAll(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      const revision = await this.#read();
      const connections = [...this.connections];
      const principals = await principalsOf(this.sql, [
        ...new Set(connections.map(({ principal }) => principal.sessionId)),
      ]);
      const bySession = Map.groupBy(connections, ({ principal }) => principal.sessionId);
      for (const [sessionId, group] of bySession)
        await this.#refreshSession(principals.get(sessionId), group, revision);
      // Whoever came in meanwhile was decided on at the revision that now ends.
      if ([...this.connections].some((connection) => !connections.includes(connection))) this.#again = true;
      else this.revision = Math.max(this.revision, revision);
    }
  }

  async #refreshSession(
    principal: Principal | undefined,
    connections: readonly Connection[],
    revision: number,
  ): Promise<void> {
    if (!principal) {
      for (const connection of connections) connection.close(closeReasons.sessionEnded);
      return;
    }
    const decided = await this.decisions.decideEach(principal, actions, [
      ...new Set(connections.map(({ documentId }) => documentId)),
    ]);
    for (const connection of connections) {
      const permit = permitOf(principal, decided.get(connection.documentId)!);
      // Decided on something newer than what is being established: go round once more before anything is committed under it.
      if (permit.decision.revision !== revision) this.#again = true;
      if (permit.access === null) {
        connection.close(closeReasons.accessRemoved);
        continue;
      }
      const changed = connection.access !== permit.access;
      connection.principal = principal;
      connection.access = permit.access;
      connection.expiresAt = permit.expiresAt;
      if (changed) connection.tellAccess("permissions changed");
    }
  }

  /** The committed revision; and what time it is, there. */
  async #read(): Promise<number> {
    const asked = performance.now();
    const { revision, now } = await readMoment(this.sql);
    this.clock.set(now, asked);
    return revision;
  }

  async #tick(): Promise<void> {
    try {
      const revision = await this.#read();
      const expired = [...this.connections].some((connection) => this.isOver(connection));
      if (expired || revision !== this.revision) await this.refresh();
    } catch (err) {
      this.log.warn({ err }, "permissions could not be read");
    }
  }
}

function permitOf(principal: Principal, decided: Record<(typeof actions)[number], Decision>): Permit {
  const access: Access | null = decided.edit.allow
    ? "edit"
    : decided.comment.allow
      ? "comment"
      : decided.view.allow
        ? "view"
        : null;
  const ends = [principal.expiresAt, decided.view.expiresAt]
    .filter((end) => end !== null)
    .map((end) => Date.parse(end));
  return { access, visible: decided.view.visible, decision: decided.view, expiresAt: Math.min(...ends) };
}
