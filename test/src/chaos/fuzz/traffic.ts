import { sync, syncFrame } from "@onrecord/collab-protocol/protocol";
import type { Random } from "@onrecord/core/testing/random";

/** How many recorded frames are kept: enough for variety, few enough to be forgotten. */
const KEPT = 4000;

/** Frames recorded from stock clients, the newest of them. */
export class Recorded {
  readonly #frames: Uint8Array[] = [];
  #count = 0;

  add(frame: Uint8Array): void {
    this.#frames[this.#count++ % KEPT] = frame;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  some(random: Random): Uint8Array {
    return random.pick(this.#frames);
  }
}

/** Real traffic for one document: recorded frames, and the updates of a real session in the order in which they were typed. */
export class Traffic {
  #typed = 0;

  constructor(
    private readonly session: readonly Uint8Array[],
    private readonly recorded = new Recorded(),
  ) {}

  /** The next update of the session as a frame; from the beginning again when it has ended. */
  nextTyped(): Uint8Array {
    return frame(this.session[this.#typed++ % this.session.length]!);
  }

  some(random: Random): Uint8Array {
    return random.chance(0.6) && !this.recorded.isEmpty
      ? this.recorded.some(random)
      : frame(random.pick(this.session));
  }
}

function frame(update: Uint8Array): Uint8Array {
  return syncFrame(sync.update, update);
}
