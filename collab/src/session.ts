import { createHash } from "node:crypto";
import type { Ledger } from "@onrecord/ledger/ledger";
import type { Logger } from "@onrecord/platform/log";
import type { RawData } from "ws";
import type { Connection } from "./connection.js";
import type { Reception } from "./intake.js";
import { awarenessFrame, type ClientMessage, type CloseCode, closeCode, decodeMessage } from "./protocol.js";
import type { Room } from "./room.js";
import { introduced } from "./speakers.js";

/** Unknown message types that a client may send before it is taken for hostile: newer clients may know more than we. */
const MAX_UNKNOWN = 10;
/** Answers in a row that still lack what they build on, before the client is taken for broken. */
const MAX_GAPS = 5;
/** Likewise where another editor is to bring what is lacking: asked again after 0.1 s, then twice as long each time, 12.7 s in all. */
const MAX_WAITS = 7;
const WAIT_MS = 100;
/** A stock client opens with what it lacks and then its own presence, before it can have heard of anyone else's. */
const OPENING_FRAMES = 2;

/** What the session puts on the record and in the log. */
export interface SessionHost {
  readonly ledger: Ledger;
  readonly log: Logger;
}

/** Puts on the record what was refused (why, how large, and its hash, never its content), and closes. */
export function refuse(
  { ledger, log }: SessionHost,
  room: Room,
  connection: Connection,
  code: CloseCode,
  reason: string,
  bytes: Uint8Array,
): void {
  connection.silence();
  const { by } = connection;
  const object = { kind: "DOCUMENT", id: room.documentId } as const;
  const detail = { reason, bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
  log.info({ requestId: by.requestId, documentId: room.documentId, code, reason }, "refused a message");
  ledger
    .record({ action: "document.edit-refused", by, object, detail })
    .catch((err: unknown) => log.error({ err, requestId: by.requestId }, "a refusal could not be recorded"))
    .finally(() => connection.close(code, reason));
}

/** Speaks y-websocket with one connection in its room. Messages are handled one after the other. */
export class Session {
  #frames = 0;
  #unknown = 0;
  #gaps = 0;
  #waits = 0;
  /** The client was asked for what the server lacks and has not answered. Opening asks. */
  #asked = true;
  #foreignRecorded = false;
  #queue: Promise<void> | undefined;

  constructor(
    private readonly room: Room,
    private readonly connection: Connection,
    private readonly host: SessionHost,
  ) {}

  /** Opens the conversation: what the server lacks is asked for at once, or offline edits would never arrive. */
  open(): void {
    this.connection.tellAccess("");
    void this.room.ask(this.connection);
    const present = this.room.presence.all();
    if (present) this.connection.send(awarenessFrame(present));
  }

  /** Takes a frame; keeps the order even when the room has to be waited for. */
  receive(data: RawData, binary: boolean): void {
    if (!this.connection.listening) return;
    if (this.#queue === undefined && this.room.ready() === undefined) return this.#handle(data, binary);
    const turn = async () => {
      await this.room.ready();
      this.#handle(data, binary);
    };
    const queued: Promise<void> = (this.#queue ?? Promise.resolve()).then(turn).finally(() => {
      if (this.#queue === queued) this.#queue = undefined;
    });
    this.#queue = queued;
  }

  #handle(data: RawData, binary: boolean): void {
    if (!this.connection.listening) return;
    this.connection.count();
    this.#frames++;
    if (!binary || !Buffer.isBuffer(data))
      return this.#refuse(closeCode.malformed, "only binary frames are understood", new Uint8Array());
    let decoded: ClientMessage;
    try {
      decoded = decodeMessage(data);
    } catch {
      return this.#refuse(closeCode.malformed, "the frame is not a message", data);
    }
    switch (decoded.type) {
      case "step1":
        return this.#join(decoded.stateVector);
      case "change":
        return this.#change(decoded.update, decoded.step);
      case "awareness":
        return this.#presence(decoded.update);
      case "query-awareness": {
        const present = this.room.presence.all();
        if (present) this.connection.send(awarenessFrame(present));
        return;
      }
      case "ignored":
        return;
      case "unknown":
        if (++this.#unknown > MAX_UNKNOWN)
          this.#refuse(closeCode.malformed, `message type ${decoded.code} is not known here`, data);
    }
  }

  #join(stateVector: Uint8Array): void {
    try {
      this.room.join(this.connection, stateVector);
    } catch {
      this.#refuse(closeCode.malformed, "the state vector is malformed", stateVector);
    }
  }

  /**
   * A client that types while it reconnects sends changes before it is asked for what the server missed: they build on that, and
   * so does the answer, which has them all. Until it comes nothing is acknowledged, since something before it may be missing.
   */
  #change(update: Uint8Array, step: "step2" | "update"): void {
    const received = ++this.connection.received;
    if (!this.connection.mayEdit) return this.#changeOfViewer(update, received);
    this.room.receive(this.connection, update, step, (reception) => {
      if (step === "step2") this.#asked = false;
      if (this.connection.listening) this.#received(reception, update, received);
    });
  }

  #received(reception: Reception, update: Uint8Array, received: number): void {
    switch (reception.outcome) {
      case "viewer":
        return this.#changeOfViewer(update, received);
      case "refused":
        return this.#refuse(reception.code, reception.reason, update);
      case "gap":
        return reception.ofOthers ? this.#waitForOthers(update) : this.#askAgain(update);
      case "applied":
      case "nothing-new":
        if (this.#asked) return;
        this.#gaps = 0;
        this.#waits = 0;
        this.#acknowledge(received);
    }
  }

  #askAgain(update: Uint8Array): void {
    if (this.#asked) return;
    if (++this.#gaps > MAX_GAPS)
      return this.#refuse(closeCode.malformed, "the update builds on what was never sent", update);
    this.#asked = true;
    void this.room.ask(this.connection);
  }

  /**
   * Two users' tabs in one browser tell each other what they write, and one may bring what the other is just sending. It is asked again
   * until that has come. If the other's line is dead, its connection will end before long: so this one is sent away to come back.
   */
  #waitForOthers(update: Uint8Array): void {
    if (this.#asked) return;
    if (this.#waits >= MAX_WAITS)
      return this.#refuse(closeCode.tryLater, "the update carries what its author has not sent", update);
    this.#asked = true;
    setTimeout(() => void this.room.ask(this.connection), WAIT_MS * 2 ** this.#waits++).unref();
  }

  /** A stock client answers the server's SyncStep1 whatever it may do; only something new is an attempt to write. */
  #changeOfViewer(update: Uint8Array, received: number): void {
    try {
      if (this.room.wouldChange(update)) return this.#refuse(closeCode.forbidden, "view only", update);
    } catch {
      return this.#refuse(closeCode.malformed, "the update is malformed", update);
    }
    this.#acknowledge(received);
  }

  #acknowledge(received: number): void {
    if (this.connection.options.acks) this.room.acknowledge(this.connection, received);
  }

  #presence(update: Uint8Array): void {
    try {
      const claimed = this.#frames <= OPENING_FRAMES ? introduced(update) : undefined;
      const denied = claimed !== undefined && !this.room.authors.claim(this.connection, claimed);
      const { foreign } = this.room.presence.receive(this.connection, update);
      const [clientId] = denied ? [claimed] : foreign;
      if (clientId !== undefined && !this.#foreignRecorded) {
        this.#foreignRecorded = true;
        this.#record(
          this.host.ledger.record({
            action: "presence.refused",
            by: this.connection.by,
            object: this.#object,
            detail: { clientId },
          }),
        );
      }
    } catch (error) {
      this.#refuse(
        closeCode.malformed,
        error instanceof RangeError ? error.message : "the presence update is malformed",
        update,
      );
    }
  }

  #refuse(code: CloseCode, reason: string, bytes: Uint8Array): void {
    refuse(this.host, this.room, this.connection, code, reason, bytes);
  }

  get #object() {
    return { kind: "DOCUMENT", id: this.room.documentId } as const;
  }

  #record(written: Promise<unknown>): void {
    written.catch((err: unknown) =>
      this.host.log.error(
        { err, requestId: this.connection.by.requestId },
        "a refusal could not be recorded",
      ),
    );
  }
}
