import type { Random } from "../random.js";

/** How many recorded frames are kept: enough for variety, few enough to be forgotten. */
const KEPT = 4000;

/** Real traffic: frames recorded from stock clients, and the updates of a real session in the order in which they were typed. */
export class Traffic {
  readonly #frames: Uint8Array[] = [];
  #recorded = 0;
  #typed = 0;

  constructor(
    private readonly session: readonly Uint8Array[],
    private readonly frameOf: (update: Uint8Array) => Uint8Array,
  ) {}

  record(frame: Uint8Array): void {
    this.#frames[this.#recorded++ % KEPT] = frame;
  }

  /** The next update of the session as a frame; from the beginning again when it has ended. */
  nextTyped(): Uint8Array {
    return this.frameOf(this.session[this.#typed++ % this.session.length]!);
  }

  /** Begins the session again, for another document. */
  rewind(): void {
    this.#typed = 0;
  }

  some(random: Random): Uint8Array {
    const recorded = this.#frames.length > 0 && random.chance(0.6);
    return recorded ? random.pick(this.#frames) : this.frameOf(random.pick(this.session));
  }
}
