import { type Access, closeReasons } from "@onrecord/collab-protocol/protocol";
import type { Decision, DecisionPoint } from "@onrecord/policy/decision";
import { isDiscreet } from "@onrecord/policy/discreet";
import type { LiveRight } from "@onrecord/policy/live-right";
import type { LiveRights } from "@onrecord/policy/live-rights";
import type { Standing } from "@onrecord/policy/stand";
import type { Connection } from "../connection/connection.js";

const actions = ["view", "comment", "edit"] as const;

/** What somebody may do on a document. */
export interface Permit {
  readonly access: Access | null;
  readonly visible: boolean;
  readonly view: Decision;
  /** Others are not told that they look: it is their duty. */
  readonly discreet: boolean;
}

/** Someone who wants to come in: what they may do, kept true while they wait and afterwards by the connection that they become. */
export interface Opening {
  readonly right: LiveRight;
  /** What they may do now; null when their session has ended. */
  permit(): Permit | null;
  /** Hands what comes to a connection. */
  enter(connection: Connection): void;
}

/**
 * The rights of open editors. Each connection rests on a right of its own (`LiveRights`); what is changed about it, on any node and in any
 * way, is told to the connection, and closes it where nothing is left. Changes are committed only on rights that stand.
 */
export class EditorRights {
  readonly connections = new Set<Connection>();

  constructor(
    private readonly rights: LiveRights,
    private readonly decisions: DecisionPoint,
  ) {}

  /** The time, alike on all nodes: milliseconds since the epoch. */
  now(): number {
    return this.rights.clock.now();
  }

  /** Decides for a session that comes to a document. */
  async open(sessionId: string, documentId: string): Promise<Opening> {
    let connection: Connection | undefined;
    const right = await this.rights.open(sessionId, documentId, {
      renewed: (standing) => {
        if (connection) this.#renewed(connection, standing);
      },
    });
    return {
      right,
      permit: () => right.standing && this.#permit(right.standing),
      enter: (entering) => {
        connection = entering;
        this.connections.add(entering);
      },
    };
  }

  /** A connection has closed. What it has sent is still committed on its right, which goes with the last of it. */
  left(connection: Connection): void {
    this.connections.delete(connection);
    connection.whenSettled(() => {
      // Whatever should come after all is refused: without a right, nothing could be decided about it.
      connection.access = "view";
      connection.right.release();
    });
  }

  /** Whether the right of a connection may have ended, by a change or by time. */
  isDoubtful({ right }: Connection): boolean {
    return this.rights.isDoubtful(right);
  }

  /** Decides anew on connections; resolves when that is done. */
  renew(connections: Iterable<Connection>): Promise<void> {
    return this.rights.renew(new Set([...connections].map(({ right }) => right)));
  }

  #renewed(connection: Connection, standing: Standing | null): void {
    if (standing === null) return connection.close(closeReasons.sessionEnded);
    const { access, discreet } = this.#permit(standing);
    if (access === null) return connection.close(closeReasons.accessRemoved);
    // What was closed may have been closed for a right that it has again: what it sent before stays refused.
    if (!connection.isOpen && access === "edit") return;
    connection.principal = standing.principal;
    connection.discreet = discreet;
    if (connection.access === access) return;
    connection.access = access;
    connection.tellAccess("permissions changed");
  }

  #permit(standing: Standing): Permit {
    const { view, comment, edit } = this.decisions.judgeEach(standing, actions);
    const access = edit.allow ? "edit" : comment.allow ? "comment" : view.allow ? "view" : null;
    return { access, visible: view.visible, view, discreet: isDiscreet(this.decisions, standing.principal) };
  }
}
