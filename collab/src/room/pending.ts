import { newId } from "@onrecord/core/ids";
import type { ClientBinding, DocumentChanges, NewChange } from "@onrecord/history/store/commit";
import type { Span } from "@onrecord/telemetry/trace/span";
import type { Connection } from "../connection/connection.js";
import type { Run } from "../updates/intake.js";

/** An effective change that is applied in memory and not yet durable. */
export interface Pending extends NewChange {
  readonly seq: number;
  readonly connection: Connection;
  /** Bytes of the message that brought it. */
  readonly of: number;
  /** It is what its sender has. When Yjs has tidied formatting after it, the sender lacks that. */
  readonly verbatim: boolean;
  /** What it adds to whose clientIDs are whose. */
  readonly bindings: readonly ClientBinding[];
  /** Its way from its editor to its commit, where that is traced. */
  readonly span: Span | undefined;
  /** Those it was taken in with, as one update; undefined once it stands for itself. */
  readonly run: { readonly merged: Uint8Array; readonly size: number } | undefined;
}

/** The changes of a room that are handed over to a group commit. */
export interface RoomChanges extends DocumentChanges {
  readonly changes: readonly Pending[];
}

/** What has become of a change that was applied again. */
export type Again = Pick<Pending, "update" | "bindings" | "proven" | "relayed">;

/** One update as everyone gets it, with the number of the newest change in it. */
export interface Outgoing {
  readonly update: Uint8Array;
  readonly seq: number;
  /** Who has all of it already: they alone wrote it. */
  readonly except: Connection | undefined;
}

/** The changes of a room that are applied and not yet durable: those that wait, and the batches that are being committed. */
export class PendingChanges {
  /** The newest change that was applied, and the newest that is committed. */
  applied = 0;
  durable = 0;
  #waiting: Pending[] = [];
  /** Oldest first. */
  #underWay: Pending[][] = [];

  get waiting(): readonly Pending[] {
    return this.#waiting;
  }

  get isUnderWay(): boolean {
    return this.#underWay.length > 0;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#underWay.length === 0;
  }

  /** Whose changes they are. */
  senders(): Set<Connection> {
    return new Set([...this.#underWay.flat(), ...this.#waiting].map(({ connection }) => connection));
  }

  /** How many versions those under way will be. */
  get versionsUnderWay(): number {
    return this.#underWay.reduce((sum, { length }) => sum + length, 0);
  }

  /** The entry of the newest under way. */
  get tipUnderWay(): string | undefined {
    return this.#underWay.at(-1)?.at(-1)?.entryId;
  }

  /** What was taken into the document waits to be committed. */
  add({ taken, merged }: Pick<Run, "taken" | "merged">): void {
    const run = merged === null ? undefined : { merged, size: taken.length };
    // Field by field: this is done for every change, and a spread object takes ten times the memory.
    for (const { arrival, update, proven, relayed, bindings } of taken) {
      const { connection, span } = arrival;
      const verbatim = sameBytes(update, arrival.update);
      const entryId = newId();
      const seq = ++this.applied;
      const { by, right } = connection;
      const of = arrival.bytes;
      this.#waiting.push({
        seq,
        entryId,
        connection,
        by,
        right,
        update,
        proven,
        relayed,
        of,
        verbatim,
        bindings,
        span,
        run,
      });
    }
  }

  /** All that waits is under way now; null when nothing waits, or when something under way must come back before it. */
  begin(): readonly Pending[] | null {
    const batch = this.#waiting;
    const [first] = batch;
    if (!first || this.#underWay.some(([ahead]) => ahead!.seq > first.seq)) return null;
    this.#underWay.push(batch);
    this.#waiting = [];
    return batch;
  }

  /** The oldest batch is under way no longer. */
  end(): readonly Pending[] {
    return this.#underWay.shift()!;
  }

  /** A batch was not kept and waits again, before what came later: one that was under way behind another comes back after it. */
  putBack(batch: readonly Pending[]): void {
    this.#waiting = [...this.#waiting, ...batch].sort((a, b) => a.seq - b.seq);
  }

  /** What waits is looked at again, one by one: `again` says what it is now, or null when nothing of it is left. */
  applyAgain(again: (change: Pending) => Again | null): void {
    this.#waiting = this.#waiting.flatMap((change) => {
      const left = again(change);
      if (left === null) return [];
      const verbatim = change.verbatim && sameBytes(left.update, change.update);
      return { ...change, ...left, verbatim, run: undefined };
    });
  }

  /** Numbers of changes that were dropped will never be committed: nobody may wait for them. */
  forgetDropped(): void {
    this.applied = this.#waiting.at(-1)?.seq ?? this.durable;
  }
}

/** A batch as it goes out: what was taken in together as the one update that it is. */
export function* outgoing(batch: readonly Pending[]): Generator<Outgoing> {
  for (let i = 0; i < batch.length; ) {
    const { run, update, connection } = batch[i]!;
    const size = run?.size ?? 1;
    const together = batch.slice(i, i + size);
    const whole = together.length === size && together.every((change) => change.run === run);
    const sent = whole ? together : [batch[i]!];
    const alone = sent.every((change) => change.connection === connection && change.verbatim);
    yield {
      update: whole ? (run?.merged ?? update) : update,
      seq: sent.at(-1)!.seq,
      except: alone ? connection : undefined,
    };
    i += sent.length;
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a === b || Buffer.compare(a, b) === 0;
}
