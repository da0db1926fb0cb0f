import {
  type ClientMessage,
  type CloseReason,
  closeReasons,
  countEntries,
  decodeMessage,
} from "@onrecord/collab-protocol/protocol";
import type { RawData } from "ws";
import type { Connection } from "../connection/connection.js";
import type { Room } from "../room/room.js";
import type { Reception } from "../updates/intake.js";
import { Coalescer } from "./coalescer.js";
import { fitsOneChange, isDivisible, partsOf } from "./parts.js";
import { PresenceTalk, type PresenceTalkHost } from "./presence-talk.js";
import { refuse } from "./refusal.js";

/** An answer costs an encoding of the whole document, or of everyone's presence: however often it is asked for, so often it is given. */
const ANSWER_EVERY_MS = 1000;
/** Where another editor is to bring what is lacking: asked again after 0.1 s, then twice as long each time, 12.7 s in all. */
const MAX_WAITS = 7;
const WAIT_MS = 100;
/** A stock client opens with what it lacks and then its own presence, before it can have heard of anyone else's. */
const OPENING_FRAMES = 2;

/** What a session asks of its node. */
export interface ConversationHost extends PresenceTalkHost {
  readonly limits: {
    readonly frameBytes: number;
    readonly updateBytes: number;
    readonly updateStructs: number;
    readonly documentBytes: number;
    readonly stateVectorEntries: number;
    readonly gapAnswers: number;
    readonly unknownMessages: number;
  };
}

/** Speaks y-websocket with one connection in its room. Messages are handled one after the other. */
export class Conversation {
  #frames = 0;
  #unknown = 0;
  #gaps = 0;
  #waits = 0;
  #queue: Promise<void> | undefined;
  readonly #states = new Coalescer(ANSWER_EVERY_MS, (stateVector: Uint8Array) => this.#join(stateVector));
  readonly #presence: PresenceTalk;

  constructor(
    private readonly room: Room,
    private readonly connection: Connection,
    private readonly host: ConversationHost,
  ) {
    this.#presence = new PresenceTalk(room, connection, host, ANSWER_EVERY_MS);
  }

  /** Opens the conversation: what the server lacks is asked for at once, or offline edits would never arrive. */
  open(): void {
    this.connection.tellAccess("");
    void this.room.ask(this.connection);
    this.#presence.open();
  }

  /**
   * Takes a frame; keeps the order even when the room has to be waited for, or the frame before is taken in parts. Resolves when it is
   * taken, if that is not at once.
   */
  receive(data: RawData, binary: boolean): Promise<void> | undefined {
    if (!this.connection.listening) return undefined;
    if (this.#queue === undefined && this.room.ready() === undefined) {
      const rest = this.#handle(data, binary);
      return rest && this.#enqueue(() => rest);
    }
    return this.#enqueue(async () => {
      await this.room.ready();
      await this.#handle(data, binary);
    });
  }

  #enqueue(turn: () => Promise<void>): Promise<void> {
    // What waits here is in memory; what the socket holds back is not.
    this.connection.pause("room");
    const queued: Promise<void> = (this.#queue ?? Promise.resolve()).then(turn).finally(() => {
      if (this.#queue !== queued) return;
      this.#queue = undefined;
      this.connection.resume("room");
    });
    this.#queue = queued;
    return queued;
  }

  #handle(data: RawData, binary: boolean): Promise<void> | undefined {
    const begun = performance.now();
    const rest = this.#take(data, binary);
    this.connection.charge(Buffer.isBuffer(data) ? data.length : 0, performance.now() - begun);
    return rest ?? undefined;
  }

  #take(data: RawData, binary: boolean): Promise<void> | void {
    if (!this.connection.listening) return;
    this.#frames++;
    if (!binary || !Buffer.isBuffer(data)) return this.#refuse(closeReasons.notBinary, new Uint8Array());
    let decoded: ClientMessage;
    try {
      decoded = decodeMessage(data);
    } catch {
      return this.#refuse(closeReasons.notAMessage, data);
    }
    // Only work may be as large as a document.
    if (decoded.type !== "change" && data.length > this.host.limits.frameBytes)
      return this.#refuse(closeReasons.frameTooLarge, data);
    switch (decoded.type) {
      case "step1":
        return this.#states.ask(decoded.stateVector);
      case "change":
        return this.#change(decoded.update, decoded.step);
      case "awareness":
        return this.#presence.receive(decoded.update, this.#frames <= OPENING_FRAMES);
      case "query-awareness":
        return this.#presence.asked();
      case "ignored":
        return;
      case "unknown":
        // Newer clients may know more than we: a few are let pass.
        if (++this.#unknown > this.host.limits.unknownMessages)
          this.#refuse(closeReasons.unknownMessages, data);
    }
  }

  #join(stateVector: Uint8Array): void {
    if (!this.connection.listening) return;
    try {
      if (countEntries(stateVector) > this.host.limits.stateVectorEntries)
        return this.#refuse(closeReasons.stateVectorTooLong, stateVector);
      this.room.join(this.connection, stateVector);
    } catch {
      this.#refuse(closeReasons.stateVectorMalformed, stateVector);
    }
  }

  /**
   * A client that types while it reconnects sends changes before it is asked for what the server missed: they build on that, and
   * so does the answer, which has them all. Until it comes nothing is acknowledged, since something before it may be missing.
   */
  #change(update: Uint8Array, step: "step2" | "update"): Promise<void> | void {
    const received = ++this.connection.received;
    if (!fitsOneChange(update, this.host.limits)) {
      if (this.connection.mayEdit && isDivisible(update, this.host.limits))
        return this.#inParts(update, step, received);
      return this.#refuse(closeReasons.updateTooLarge, update);
    }
    if (!this.connection.mayEdit) {
      // What is new is seen when everything that came before is in the document.
      const behind = this.room.takenIn(update);
      return behind
        ? behind.then(() => this.#changeOfViewer(update, step, received))
        : this.#changeOfViewer(update, step, received);
    }
    this.room.receive(this.connection, update, step, (reception) => {
      if (step === "step2") this.#answered();
      if (this.connection.listening) this.#received(reception, update, received);
    });
  }

  /**
   * Takes a message that is too large for one change as several, one after the other. What was somebody's work while the line was down
   * has no bound but the document's; the others are served in between. It is acknowledged when all of it is taken. Where a part is not,
   * what was taken stays, and of the rest the client is asked or told as of any message.
   */
  async #inParts(update: Uint8Array, step: "step2" | "update", received: number): Promise<void> {
    const { connection, room } = this;
    // One part may be durable before the next is looked at: whose sender leaves in between keeps the right for the rest.
    connection.ahead();
    try {
      for (const part of partsOf(update, step, this.host.limits)) {
        if (part.update.length > this.host.limits.updateBytes)
          return this.#refuse(closeReasons.updateTooLarge, part.update);
        const reception = await new Promise<Reception>((tell) =>
          room.receive(connection, part.update, part.step, tell, update.length),
        );
        if (reception.outcome === "withdrawn") return;
        // Its right may have ended, and its socket been closed, before this part was looked at.
        if (!connection.listening && !connection.mayEdit)
          return this.#refuse(closeReasons.accessRemoved, part.update);
        if (!connection.listening) return;
        const isTaken = reception.outcome === "applied" || reception.outcome === "nothing-new";
        if (part.isLast || !isTaken) {
          if (step === "step2") this.#answered();
          return this.#received(reception, part.update, received);
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
    } catch {
      this.#refuse(closeReasons.updateMalformed, update);
    } finally {
      connection.settled();
    }
  }

  #received(reception: Reception, update: Uint8Array, received: number): void {
    switch (reception.outcome) {
      case "withdrawn":
      case "dropped":
        return;
      case "refused":
        return this.#refuse(reception, update);
      case "gap":
        return reception.ofOthers ? this.#waitForOthers(update) : this.#askAgain(update);
      case "applied":
        this.#isUsed();
        this.connection.hasWritten = true;
        return this.#taken(received);
      case "nothing-new":
        return this.#taken(received);
    }
  }

  #answered(): void {
    this.connection.unanswered = Math.max(0, this.connection.unanswered - 1);
  }

  #taken(received: number): void {
    if (this.connection.unanswered > 0) return;
    this.#gaps = 0;
    this.#waits = 0;
    this.#acknowledge(received);
  }

  #isUsed(): void {
    this.host.use.note(this.connection.principal.sessionId);
  }

  #askAgain(update: Uint8Array): void {
    if (this.connection.unanswered > 0) return;
    if (++this.#gaps > this.host.limits.gapAnswers) return this.#refuse(closeReasons.updateUnfounded, update);
    void this.room.ask(this.connection);
  }

  /**
   * Two users' tabs in one browser tell each other what they write, and one may bring what the other is just sending. It is asked again
   * until that has come. If the other's line is dead, its connection will end before long: so this one is sent away to come back.
   */
  #waitForOthers(update: Uint8Array): void {
    if (this.connection.unanswered > 0) return;
    if (this.#waits >= MAX_WAITS) return this.#refuse(closeReasons.ofAnother, update);
    void this.room.ask(this.connection, WAIT_MS * 2 ** this.#waits++);
  }

  /** A stock client answers the server's SyncStep1 whatever it may do; only something new is an attempt to write. */
  #changeOfViewer(update: Uint8Array, step: "step2" | "update", received: number): void {
    if (step === "step2") this.#answered();
    try {
      if (this.room.wouldChange(update)) return this.#refuse(closeReasons.viewOnly, update);
    } catch {
      return this.#refuse(closeReasons.updateMalformed, update);
    }
    this.#acknowledge(received);
  }

  #acknowledge(received: number): void {
    if (this.connection.options.acks) this.room.acknowledge(this.connection, received);
  }

  #refuse(why: CloseReason, bytes: Uint8Array): void {
    refuse(this.host, this.room, this.connection, why, [bytes]);
  }
}
