import type { AppError } from "@onrecord/core/errors";
import { Tally } from "@onrecord/core/tally";
import { MessageSeal, type Seal, type SealFault } from "./message-seal.js";

/** Every message of the bus. They are hints, and presence besides: a receiver that misses one finds the same in Postgres. */
export interface BusMessages {
  /** A document's head moved. */
  "document.committed": { documentId: string; version: number };
  /** A document's data key was destroyed: nobody may hold it open any more. */
  "document.shredded": { documentId: string };
  /** Grants, roles, sessions or devices changed: decisions made at an older revision are void. */
  "permissions.changed": { revision: number };
  /** Entries were appended to the record. */
  "entries.appended": { actions: string[] };
  /** An alert was raised or moved on in its lifecycle. */
  "alert.changed": { alertId: string };
  /** The sender holds these documents open and cares for their presence; `asks`: it has just come and knows nothing of it. */
  "presence.held": { documentIds: readonly string[]; asks: boolean };
  /** Presence states of connections on the sender. */
  "presence.changed": { documentId: string; states: readonly PresenceState[] };
  /** The sender drains: nobody is connected to it any more. */
  "presence.ended": Record<string, never>;
  /** The sender listens; `asks`: it does not know who else does. Between buses only. */
  "node.listens": { asks: boolean };
}

/** A presence state between nodes: what it says is null once its connection has left. */
export type PresenceState = readonly [clientId: number, clock: number, userId: string, value: unknown];

/** Every transport carries messages of this size (bytes of their JSON); a larger one may be dropped. */
export const MAX_MESSAGE_BYTES = 7500;

export type BusTopic = keyof BusMessages;
/** `node` is the one that published the message. */
export type BusHandler<T extends BusTopic> = (
  message: BusMessages[T],
  origin: "local" | "remote",
  node: string,
) => void;

/** What carries a message to the other nodes. */
export interface BusTransport extends AsyncDisposable {
  /** Starts delivery; `onGap` tells that messages may have been lost, so that everyone re-reads from Postgres. */
  start(receive: (envelope: Envelope) => void, onGap: () => void): Promise<void>;
  send(envelopes: readonly Envelope[]): Promise<void>;
  ready(): boolean;
}

/** A message on the wire, sealed when it is sent: `n` is the node that sent it. */
export interface Envelope extends Partial<Seal> {
  readonly n: string;
  readonly t: BusTopic;
  readonly m: BusMessages[BusTopic];
}

/** The first message after a pause leaves at once; those that follow gather for this long, so that a busy node does not pay for each. */
const GATHER_MS = 20;
/** How often a node says that it listens, and how long a silent one is still taken for a listener. */
const ROLL_CALL_MS = 10_000;
const SILENT_MS = 3 * ROLL_CALL_MS;
/** How long a node that has just asked who listens waits for answers before it takes itself to be alone. */
const ANSWER_MS = 2000;
/** That messages are not believed is told this often at most: whoever sends them would fill the log. */
const TELL_EVERY_MS = 60_000;

type AnyHandler = (message: never, origin: "local" | "remote", node: string) => void;

/**
 * Delivers to this process at once, and to the others through its transport in batches; a node that is alone sends nothing but that
 * it listens. Nodes say so when they start, after a gap and now and then. Until a node has listened long enough to know of the
 * others, it sends everything: so does a command that starts, tells something, and ends.
 */
export class Bus implements AsyncDisposable {
  readonly #handlers = new Map<BusTopic, Set<AnyHandler>>();
  readonly #gapHandlers = new Set<() => void>();
  #outbox: Envelope[] = [];
  #flushing: Promise<void> | undefined;
  #rollCall: NodeJS.Timeout | undefined;
  /** Until when somebody else is taken to listen. */
  #heardUntil = 0;
  readonly #seal: MessageSeal;
  /** What crossed to other nodes and from them, since start: messages by direction and topic, those not believed by their fault. */
  readonly counts = { messages: new Tally(), refused: new Tally(), failed: 0, gaps: 0 };
  #refused = 0;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly nodeId: string,
    private readonly transport: BusTransport,
    private readonly onError: (error: AppError | Error) => void,
    /** Shared by all nodes: what is not sealed with it is not believed. */
    secret: string,
  ) {
    this.#seal = new MessageSeal(secret);
  }

  async start(): Promise<void> {
    await this.transport.start(
      (envelope) => {
        if (envelope.n !== this.nodeId) this.#hear(envelope);
      },
      () => {
        this.counts.gaps++;
        this.#callRoll();
        for (const handler of this.#gapHandlers) this.#try(handler);
      },
    );
    this.#callRoll();
    this.#rollCall = setInterval(() => this.#say({ asks: false }), ROLL_CALL_MS).unref();
  }

  /** Whether the other nodes can be heard. */
  ready(): boolean {
    return this.transport.ready();
  }

  publish<T extends BusTopic>(topic: T, message: BusMessages[T]): void {
    const envelope: Envelope = { n: this.nodeId, t: topic, m: message };
    this.#deliver(envelope, "local");
    if (performance.now() < this.#heardUntil) this.#send(envelope);
  }

  /** Returns the function that ends the subscription. */
  subscribe<T extends BusTopic>(topic: T, handler: BusHandler<T>): () => void {
    const handlers = this.#handlers.get(topic) ?? new Set();
    this.#handlers.set(topic, handlers);
    handlers.add(handler as AnyHandler);
    return () => void handlers.delete(handler as AnyHandler);
  }

  /** Called when messages may have been missed (a reconnect). Returns the function that ends it. */
  onGap(handler: () => void): () => void {
    this.#gapHandlers.add(handler);
    return () => void this.#gapHandlers.delete(handler);
  }

  #send(envelope: Envelope): void {
    this.#outbox.push(envelope);
    this.#flushing ??= this.#flush();
  }

  /** Whoever sends something listens too. */
  #hear(envelope: Envelope): void {
    const fault = this.#seal.open(envelope);
    if (fault !== null) return this.#refuse(fault);
    const { t, m } = envelope;
    this.counts.messages.add(["received", t]);
    this.#othersListen(SILENT_MS);
    if (t === "node.listens") {
      if ((m as BusMessages["node.listens"]).asks) this.#say({ asks: false });
    } else this.#deliver(envelope, "remote");
  }

  #refuse(fault: SealFault): void {
    this.#refused++;
    this.counts.refused.add([fault]);
    if (performance.now() - this.#toldAt < TELL_EVERY_MS) return;
    this.#toldAt = performance.now();
    this.onError(
      new Error(
        `${this.#refused} messages of the bus were not believed, the last as ${fault}: nodes need one ONRECORD_SERVICE_SECRET and clocks in step.`,
      ),
    );
    this.#refused = 0;
  }

  /** Nobody knows who listens: somebody may, until they have had the time to say so. */
  #callRoll(): void {
    this.#othersListen(ANSWER_MS);
    this.#say({ asks: true });
  }

  #othersListen(ms: number): void {
    this.#heardUntil = Math.max(this.#heardUntil, performance.now() + ms);
  }

  #say(message: BusMessages["node.listens"]): void {
    this.#send({ n: this.nodeId, t: "node.listens", m: message });
  }

  async #flush(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#outbox.length > 0) {
      const batch = this.#outbox;
      this.#outbox = [];
      // A lost hint delays and never loses, so a failing transport is reported and not retried.
      const sent = newest(batch);
      await this.transport.send(sent.map((envelope) => this.#seal.seal(envelope))).then(
        () => {
          for (const { t } of sent) this.counts.messages.add(["sent", t]);
        },
        (error: Error) => {
          this.counts.failed++;
          this.onError(error);
        },
      );
      await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
    }
    this.#flushing = undefined;
  }

  #deliver({ n, t, m }: Envelope, origin: "local" | "remote"): void {
    for (const handler of this.#handlers.get(t) ?? []) {
      this.#try(() => handler(m as never, origin, n));
    }
  }

  #try(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.onError(error as Error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#rollCall);
    await this.#flushing;
    await this.transport[Symbol.asyncDispose]();
  }
}

/** Leaves out what a later hint of the same batch says as well. */
export function newest(batch: readonly Envelope[]): Envelope[] {
  const kept = new Map<unknown, Envelope>();
  for (const envelope of batch) {
    const key = subject(envelope);
    // A later one takes the later place.
    kept.delete(key);
    kept.set(key, envelope);
  }
  return [...kept.values()];
}

/** Two hints with one subject say the same of different moments. */
function subject(envelope: Envelope): unknown {
  switch (envelope.t) {
    case "document.committed":
      return (envelope.m as BusMessages["document.committed"]).documentId;
    case "entries.appended":
      return (envelope.m as BusMessages["entries.appended"]).actions.join();
    default:
      return envelope;
  }
}
