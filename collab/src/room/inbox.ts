import { closeReasons } from "@onrecord/collab-protocol/protocol";
import type { Authors } from "../authorship/authors.js";
import type { Connection } from "../connection/connection.js";
import { type Arrival, type Reception, type Run, takeRun } from "../updates/intake.js";
import type { Checkpoints } from "./checkpoints.js";
import type { Content } from "./content.js";

/** So many merge steps take a millisecond, about. */
const STEPS_PER_MS = 3000;
/** So many in a slice are what took the time. */
const MANY_STEPS = 5000;

/** The parts of a room that an inbox works on, and what it asks of the room. */
export interface Receiving {
  readonly content: Content;
  readonly authors: Authors;
  readonly checkpoints: Checkpoints;
  readonly limits: {
    readonly documentBytes: number;
    readonly documentClients: number;
    readonly mergeSteps: number;
  };
  /** How long it may take in at a time, while everyone else on the node waits, in milliseconds. */
  readonly sliceMs: number;
  /** Whether the document is not there to be written into just now, or not any more. */
  isShut(): boolean;
  /** The right to edit was lost after all this was sent. */
  lost(connection: Connection, changes: readonly Uint8Array[]): void;
  /** What was taken into the document, which waits for its commit from now on. */
  taken(run: Run): void;
  /** The document holds something that must not be committed. */
  startClean(): void;
}

/** What was sent to a room and is not yet in its document: it is looked at in the order in which it came, some of it at a time. */
export class Inbox {
  #arrived: Arrival[] = [];
  /** Arrivals at the front that are taken one by one. */
  #suspects = 0;
  /** Called when everything that has arrived is taken in. */
  #onEmpty: (() => void)[] = [];
  /** Merge steps that the document's changes took here. */
  #steps = 0;
  #isBehind = false;

  constructor(private readonly room: Receiving) {}

  get isEmpty(): boolean {
    return this.#arrived.length === 0;
  }

  /** Whether it has more than a slice of the thread was enough for, because of the places that it goes to. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  add(arrival: Arrival): void {
    this.#arrived.push(arrival);
  }

  /** Resolves when everything that has arrived is taken in; undefined when it is. */
  emptied(): Promise<void> | undefined {
    this.takeIn();
    if (this.isEmpty) return undefined;
    return new Promise((resolve) => this.#onEmpty.push(resolve));
  }

  /** Takes in what has arrived, for a slice of time. The rest comes with the next commit. */
  takeIn(): void {
    const { room } = this;
    const begun = performance.now();
    const steps = this.#steps;
    const lost = new Set(this.#arrived.map(({ connection }) => connection).filter((it) => !it.mayEdit));
    if (!room.isShut()) for (const connection of lost) room.lost(connection, this.withdraw(connection));
    while (!this.isEmpty && !room.isShut()) {
      this.#isBehind = this.#steps - steps > MANY_STEPS;
      if (performance.now() - begun > room.sliceMs) return;
      const run = this.#takeRun();
      const refused = this.#outgrown(run);
      if (!refused) room.taken(run);
      const taken = new Set(run.taken.map(({ arrival }) => arrival));
      for (const [arrival, reception] of run.receptions) {
        if (refused || !taken.has(arrival)) arrival.connection.settled();
        arrival.tell(refused ?? reception);
      }
    }
    if (this.isEmpty) this.#empty();
  }

  /** Answers what somebody sent who may not write any more; it is gone from here. */
  withdraw(connection: Connection): readonly Uint8Array[] {
    const own = this.#arrived.filter((arrival) => arrival.connection === connection);
    this.#arrived = this.#arrived.filter((arrival) => arrival.connection !== connection);
    for (const { tell } of own) {
      connection.settled();
      tell({ outcome: "withdrawn" });
    }
    if (this.isEmpty) this.#empty();
    return own.map(({ update }) => update);
  }

  /** Answers what was never looked at, which is gone from here. */
  drop(): readonly Arrival[] {
    const dropped = this.#arrived;
    this.#arrived = [];
    this.#empty();
    return dropped;
  }

  #takeRun(): Run {
    const { authors, checkpoints, content, limits, sliceMs } = this.room;
    const { doc } = content;
    const begun = performance.now();
    const run = takeRun(doc, authors, this.#arrived, {
      bytes: limits.documentBytes - checkpoints.bytes,
      clients: limits.documentClients,
      arrivals: this.#suspects > 0 ? 1 : Number.POSITIVE_INFINITY,
      steps: limits.mergeSteps - this.#steps - content.dearMs * STEPS_PER_MS,
      sliceMs,
    });
    this.#steps += run.steps;
    // What costs much slows those down who brought it.
    const share = (performance.now() - begun) / Math.max(1, run.receptions.length);
    for (const [{ connection }] of run.receptions) connection.charge(0, share);
    this.#suspects = run.suspects || Math.max(0, this.#suspects - 1);
    if (run.broken) this.room.startClean();
    return run;
  }

  /** A run that makes the document grow past its limit is one change by itself: the others would surely have fitted. */
  #outgrown({ taken }: Run): Reception | undefined {
    const { checkpoints, content, limits } = this.room;
    for (const { update } of taken) checkpoints.bytes += update.length;
    if (checkpoints.bytes <= limits.documentBytes) return undefined;
    checkpoints.bytes = content.encode().state.length;
    if (checkpoints.bytes <= limits.documentBytes) return undefined;
    this.room.startClean();
    return { outcome: "refused", ...closeReasons.documentTooLarge };
  }

  #empty(): void {
    this.#isBehind = false;
    for (const told of this.#onEmpty.splice(0)) told();
  }
}
