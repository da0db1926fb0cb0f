import type { Duplex } from "node:stream";
import {
  type Access,
  accessFrame,
  type CloseReason,
  closeCode,
  closeReasons,
} from "@onrecord/collab-protocol/protocol";
import type { By } from "@onrecord/ledger/ledger";
import type { LiveRight } from "@onrecord/policy/live-right";
import type { Principal } from "@onrecord/policy/principal";
import { WebSocket } from "ws";
import type { Pause, SocketMetrics } from "./socket-metrics.js";
import { Throttle } from "./throttle.js";

/** A WebSocket whose own protocol errors end in our codes: a stock client retries 1009 for ever and stops on 4413. */
export class CollabSocket extends WebSocket {
  /** The stream that was upgraded. Frames that go to many are written to it as they are, made once. */
  stream!: Duplex;
  /** What the protocol error that ended it was; undefined without one. */
  violation: CloseReason | undefined;

  override close(code?: number, reason?: string | Buffer): void {
    switch (code) {
      case 1009:
        return this.#violated(closeReasons.frameTooLarge);
      case 1002:
      case 1007:
        return this.#violated(closeReasons.frameMalformed);
      default:
        return super.close(code, reason);
    }
  }

  #violated(why: CloseReason): void {
    this.violation = why;
    super.close(why.code, why.reason);
  }
}

/** How long a closing client may take before its socket is destroyed. */
export const CLOSE_GRACE_MS = 5000;

/** What a connection is given besides its socket: what it asked for, its bounds, and where what they did is counted. */
export interface ConnectionOptions {
  readonly acks: boolean;
  readonly limits: {
    readonly queueBytes: number;
    readonly uncommittedChanges: number;
    readonly changesPerSecond: number;
    readonly bytesPerSecond: number;
    readonly workPerSecond: number;
  };
  readonly socketMetrics: SocketMetrics;
}

/** One editor on one document: an authenticated socket with what it may do at the moment. */
export class Connection {
  /** Gets batches: its first state has been sent. */
  synced = false;
  /** Changes that have come and are not yet durable. */
  outstanding = 0;
  /** Whether others are not to be told that it looks on (`isDiscreet`). */
  discreet = false;
  /** It has written: whoever it is shows anyway. */
  hasWritten = false;
  /** How often it was asked for what the server lacks and has not answered yet: what it has sent may not be all that it has. */
  unanswered = 0;
  /** Document messages received, for `?ack=1`. */
  received = 0;
  #onSettled: (() => void) | undefined;
  #isAbandoned = false;
  #closed = false;
  #silenced = false;
  #deaf = false;
  readonly #pauses = new Set<Pause>();
  readonly #throttle: Throttle;
  /** Bytes of the answer that may still be on its way. */
  #stateBytes = 0;

  constructor(
    readonly socket: CollabSocket,
    readonly documentId: string,
    /** As it was last decided on. */
    public principal: Principal,
    /** What its changes are committed on. */
    readonly right: LiveRight,
    /** Decided on the right, and anew whenever that changes. */
    public access: Access,
    readonly by: By,
    readonly options: ConnectionOptions,
  ) {
    const { changesPerSecond: messages, bytesPerSecond: bytes, workPerSecond: work } = options.limits;
    this.#throttle = new Throttle({ messages, bytes, work });
  }

  get mayEdit(): boolean {
    return this.access === "edit";
  }

  get isOpen(): boolean {
    return !this.#closed;
  }

  /** Whether messages of the client still count. */
  get listening(): boolean {
    return !this.#closed && !this.#silenced;
  }

  /** Queues a message. A reader that lets more than its bound pile up is closed, and comes back for what it lacks. */
  send(message: Uint8Array): void {
    this.write(framed(message));
  }

  /** Queues a message that is framed already, whole or in pieces. What is queued within one turn of the event loop leaves in one write. */
  write(...pieces: readonly Buffer[]): void {
    if (this.#closed || this.socket.readyState !== WebSocket.OPEN) return;
    const { stream } = this.socket;
    const waiting = stream.writableLength;
    const { queueBytes } = this.options.limits;
    if (waiting <= queueBytes) this.#stateBytes = 0;
    else if (waiting > queueBytes + this.#stateBytes) {
      return this.close(closeReasons.tooSlow);
    }
    if (stream.writableCorked === 0) {
      stream.cork();
      process.nextTick(uncork, stream);
    }
    for (const piece of pieces) stream.write(piece);
  }

  /**
   * Queues an answer that may be as large as the document: on a slow line it takes its time, and is not held against the reader.
   * That is so for one at a time: whoever asks again and again without reading would have a queue without a bound.
   */
  writeState(frame: Buffer): void {
    const first = this.socket.stream.writableLength <= this.options.limits.queueBytes;
    this.write(frame);
    if (first) this.#stateBytes = frame.length;
  }

  /** Another change of it has come; a client far ahead of the commits is read no further for a while. */
  ahead(): void {
    if (++this.outstanding > this.options.limits.uncommittedChanges) this.pause("commits");
  }

  /** One of its changes is durable, or dropped out. */
  settled(): void {
    // What ends only now, of a message in parts, is of no room any more.
    if (this.#isAbandoned) return;
    if (--this.outstanding < this.options.limits.uncommittedChanges / 2) this.resume("commits");
    if (this.outstanding === 0) this.#onSettled?.();
  }

  /** Its room is given up, with whatever of it was on its way. */
  abandoned(): void {
    this.#isAbandoned = true;
    this.outstanding = 0;
    this.#onSettled?.();
  }

  /** Calls back once nothing of it is on its way to a commit any more. */
  whenSettled(settled: () => void): void {
    if (this.outstanding === 0) settled();
    else this.#onSettled = settled;
  }

  /** Reads no further until `resume` is called with every cause that was given. What was read already still comes. */
  pause(cause: Pause): void {
    if (this.#closed || this.#pauses.has(cause)) return;
    this.#pauses.add(cause);
    this.options.socketMetrics.paused(cause);
    this.socket.pause();
  }

  /** Reads on, unless there is another cause not to. */
  resume(cause: Pause): void {
    if (this.#pauses.delete(cause) && this.#pauses.size === 0) this.socket.resume();
  }

  /** Tells what it may do now, to clients that understand. */
  tellAccess(reason: string): void {
    if (this.options.acks) this.send(accessFrame(this.access, reason));
  }

  /**
   * Charges a message of so many bytes, whose handling took so many milliseconds; past its rate the client is read no further until
   * it is within it again. It is written to meanwhile, so what keeps its socket alive arrives.
   */
  charge(bytes: number, work: number): void {
    this.#throttle.charge(bytes, work, performance.now());
    if (!this.#pauses.has("rate")) this.#keepToRate();
  }

  #keepToRate(): void {
    const wait = this.#throttle.wait(performance.now());
    if (wait === 0) return this.resume("rate");
    this.pause("rate");
    setTimeout(() => this.#keepToRate(), wait).unref();
  }

  /** Takes nothing more from the client; what refuses it is put on the record before the socket is closed. */
  silence(): void {
    this.#silenced = true;
  }

  /** Throws away what still comes, as it comes: not even the end of the message under way is waited for. */
  stopReading(): void {
    this.#deaf = true;
    this.socket.stream.removeAllListeners("data").resume();
  }

  /** Closes with a code of ours. From now on nothing of it is committed when the cause is a lost right. */
  close(why: CloseReason): void {
    const { code, reason } = why;
    if (code === closeCode.forbidden || code === closeCode.unauthenticated) this.access = "view";
    if (this.#closed) return;
    this.#closed = true;
    this.options.socketMetrics.closed(why);
    this.socket.resume();
    this.socket.close(code, reason);
    // Its answer to the close frame would not be heard.
    if (this.#deaf) this.socket.stream.end();
    // Whoever does not read does not see the close frame either.
    setTimeout(() => this.socket.terminate(), CLOSE_GRACE_MS).unref();
  }
}

/** A message as one unmasked binary WebSocket frame (RFC 6455, section 5.2): however many sockets it goes to, it is made once. */
export function framed(message: Uint8Array, allocate = Buffer.allocUnsafe): Buffer {
  const { length } = message;
  const head = headLength(length);
  const frame = allocate(head + length);
  writeHead(frame, length);
  frame.set(message, head);
  return frame;
}

/** What stands before a message of so many bytes in its frame. */
export function frameHead(length: number): Buffer {
  const head = Buffer.allocUnsafe(headLength(length));
  writeHead(head, length);
  return head;
}

function headLength(length: number): number {
  return length < 126 ? 2 : length < 65_536 ? 4 : 10;
}

function writeHead(frame: Buffer, length: number): void {
  frame[0] = 0x82;
  if (length < 126) frame[1] = length;
  else if (length < 65_536) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
}

function uncork(stream: Duplex): void {
  stream.uncork();
}
