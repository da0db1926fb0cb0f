import { createHash } from "node:crypto";
import { AppError } from "@onrecord/core/errors";
import { networkOf } from "@onrecord/core/network";
import { Pace, PaceExceeded } from "@onrecord/core/pace";

/** Strangers who are let in, in one turn of the event loop. */
const STRANGERS = 4;
/** Requests of sessions that are known, in one turn. */
const KNOWN = 16;
/** Sessions that are remembered. One that is forgotten goes in with the strangers once. */
const REMEMBERED = 20_000;

/**
 * The order in which requests are looked at: those of sessions that were proven here before, session by session, and beside them a few
 * strangers, network by network. However many come at once, everybody's edits go in between.
 */
export class Admission {
  readonly #known = new Map<string, true>();
  readonly #ofKnown = new Pace(KNOWN, { eachOf: 1000, all: 20_000 });
  readonly #ofStrangers = new Pace(STRANGERS, { eachOf: 1000, all: 10_000 });

  /** Resolves when it is the turn of what comes from an address, with a token or without. RATE_LIMITED where too many wait. */
  async enter(address: string | null, token?: string): Promise<void> {
    const mark = token === undefined ? undefined : markOf(token);
    const turn =
      mark !== undefined && this.#known.has(mark)
        ? this.#ofKnown.pass(mark)
        : this.#ofStrangers.pass(networkOf(address));
    await turn.catch((error) => {
      if (error instanceof PaceExceeded)
        throw new AppError("RATE_LIMITED", "Too many requests at a time; try again in a few seconds.");
      throw error;
    });
  }

  /** What a token turned out to be: a session's, or nobody's. */
  note(token: string, proven: boolean): void {
    const mark = markOf(token);
    this.#known.delete(mark);
    if (!proven) return;
    this.#known.set(mark, true);
    const [oldest] = this.#known.keys();
    if (this.#known.size > REMEMBERED && oldest !== undefined) this.#known.delete(oldest);
  }
}

function markOf(token: string): string {
  return createHash("sha256").update(token).digest("base64");
}
