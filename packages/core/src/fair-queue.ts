/** Something that waits: whose it is (a person's, a network's), and how much memory it holds meanwhile. */
export interface Waiting {
  readonly owner: string;
  readonly bytes: number;
}

/** How much may wait. */
export interface QueueBounds {
  /** Of one owner. */
  readonly eachOf: number;
  /** Of all together. */
  readonly all: number;
  /** Bytes, of all together. */
  readonly bytes: number;
}

/** Why something has no place: its owner has as many waiting as one may have, or all together have. */
export type Full = "yours" | "everyone's";

/**
 * What waits for its turn. Everyone has a line of their own, and the lines are served in turn, one of an owner at a time: however many
 * somebody brings, another waits for one of theirs. Where all together are too many, who has most waiting makes room.
 */
export class FairQueue<Job extends Waiting> {
  /** The lines that are not empty, in the order in which they are served. */
  readonly #lines = new Map<string, Job[]>();
  readonly #served = new Set<string>();
  #bytes = 0;
  #count = 0;

  constructor(private readonly bounds: QueueBounds) {}

  /** Puts one at the end of its owner's line. Answers those that have no place, each with why: perhaps this one, perhaps others that waited. */
  add(job: Job): { readonly job: Job; readonly why: Full }[] {
    const line = this.#lines.get(job.owner) ?? [];
    if (line.length >= this.bounds.eachOf) return [{ job, why: "yours" }];
    line.push(job);
    this.#lines.set(job.owner, line);
    this.#count++;
    this.#bytes += job.bytes;
    const out: { job: Job; why: Full }[] = [];
    while (this.#count > this.bounds.all || this.#bytes > this.bounds.bytes) {
      const last = (this.#lines.get(this.#most(job.owner)) ?? line).at(-1) ?? job;
      this.remove(last);
      out.push({ job: last, why: "everyone's" });
      if (last === job) break;
    }
    return out;
  }

  /** The next to be served, and takes it out of its line; undefined when nobody waits but owners who are being served. */
  next(): Job | undefined {
    for (const [owner, [first]] of this.#lines) {
      if (first === undefined || this.#served.has(owner)) continue;
      this.remove(first);
      this.#served.add(owner);
      const line = this.#lines.get(owner);
      if (line !== undefined) {
        // Behind everyone who waits.
        this.#lines.delete(owner);
        this.#lines.set(owner, line);
      }
      return first;
    }
    return undefined;
  }

  /** An owner's turn is over. */
  done({ owner }: Waiting): void {
    this.#served.delete(owner);
  }

  /** Takes one out that waits; false when it does not. */
  remove(job: Job): boolean {
    const line = this.#lines.get(job.owner);
    const at = line?.indexOf(job) ?? -1;
    if (line === undefined || at < 0) return false;
    line.splice(at, 1);
    if (line.length === 0) this.#lines.delete(job.owner);
    this.#count--;
    this.#bytes -= job.bytes;
    return true;
  }

  /** How many wait. */
  get size(): number {
    return this.#count;
  }

  /** All that wait. */
  get waiting(): Job[] {
    return [...this.#lines.values()].flat();
  }

  /** Who has most waiting, by what there is too much of; the one who comes where nobody has more. */
  #most(comer: string): string {
    const size =
      this.#bytes > this.bounds.bytes
        ? (line: readonly Job[]) => line.reduce((sum, { bytes }) => sum + bytes, 0)
        : (line: readonly Job[]) => line.length;
    let [most, largest] = [comer, size(this.#lines.get(comer) ?? [])];
    for (const [owner, line] of this.#lines) if (size(line) > largest) [most, largest] = [owner, size(line)];
    return most;
  }
}
