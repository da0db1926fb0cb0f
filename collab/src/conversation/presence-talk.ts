import { closeReasons } from "@onrecord/collab-protocol/protocol";
import type { AuditAction } from "@onrecord/ledger/events/catalogue";
import { introduced } from "../authorship/speakers.js";
import type { Connection } from "../connection/connection.js";
import { PresenceError } from "../presence/presence-error.js";
import type { Room } from "../room/room.js";
import { Coalescer } from "./coalescer.js";
import { type RefusalHost, refuse } from "./refusal.js";

/** A client that says nothing of itself is told who is here after this long. */
const GREET_AFTER_MS = 500;

/** What it asks of its node. */
export interface PresenceTalkHost extends RefusalHost {
  /** Which sessions are being used: those of whoever types or moves, not of whoever has a document open. */
  readonly use: { note(sessionId: string): void };
}

/** What a connection says of who is here, and is told. `everyMs`: so often at most it is told on asking, since that costs an encoding. */
export class PresenceTalk {
  #greeted = false;
  readonly #recorded = new Set<AuditAction>();
  readonly #answers: Coalescer<void>;

  constructor(
    private readonly room: Room,
    private readonly connection: Connection,
    private readonly host: PresenceTalkHost,
    everyMs: number,
  ) {
    this.#answers = new Coalescer<void>(everyMs, () => this.#tell());
  }

  open(): void {
    setTimeout(() => this.#greet(), GREET_AFTER_MS).unref();
  }

  /** It asked who is here. */
  asked(): void {
    this.#answers.ask();
  }

  /** It says who it is and where. `isOpening`: it cannot have heard of anyone else's presence yet. */
  receive(update: Uint8Array, isOpening: boolean): void {
    const { connection, room } = this;
    // It may have left while this waited: nobody would take away what it set now.
    if (!room.connections.has(connection)) return;
    try {
      const claimed = isOpening ? introduced(update) : undefined;
      const denied = claimed !== undefined && !this.#claim(claimed);
      // Whoever is looked into must not be warned by a name among those who are here.
      if (connection.discreet && !connection.hasWritten && !denied) return this.#greet();
      const { foreign, crowdedOut, moved } = room.presence.receive(
        connection,
        update,
        denied ? undefined : claimed,
      );
      const refused = denied ? claimed : foreign[0];
      if (refused !== undefined) this.#refused("presence.refused", refused);
      if (moved) this.host.use.note(connection.principal.sessionId);
      if (crowdedOut[0] !== undefined) this.#refused("presence.crowded-out", crowdedOut[0]);
      this.#greet();
    } catch (error) {
      const why = error instanceof PresenceError ? error.why : closeReasons.presenceMalformed;
      refuse(this.host, room, connection, why, [update]);
    }
  }

  /**
   * Tells who is here, once the client has said which clientID it writes with. Told before, one that comes back on a new line would be
   * told its own state of the old line as news, take it for its own, and say it to everyone.
   */
  #greet(): void {
    if (this.#greeted || !this.connection.listening) return;
    this.#greeted = true;
    this.room.presence.freshen();
    this.#answers.ask();
  }

  #tell(): void {
    const present = this.room.presence.all();
    if (present) this.connection.write(...present.for(this.connection));
  }

  /** A clientID may be nobody's here, and somebody's who is connected to another node. */
  #claim(clientId: number): boolean {
    const { presence, authors } = this.room;
    const user = presence.userOf(clientId);
    if (user !== undefined && user !== this.connection.principal.userId) return false;
    return authors.claim(this.connection, clientId);
  }

  /** Once for each connection: a client renews its presence for ever, and the record would be flooded. */
  #refused(action: "presence.refused" | "presence.crowded-out", clientId: number): void {
    if (this.#recorded.has(action)) return;
    this.#recorded.add(action);
    const { by } = this.connection;
    const object = { kind: "DOCUMENT", id: this.room.documentId } as const;
    this.host.ledger
      .recordLater({ action, by, object, detail: { clientId } })
      .catch((err: unknown) =>
        this.host.log.error({ err, requestId: by.requestId }, "a refusal could not be recorded"),
      );
  }
}
