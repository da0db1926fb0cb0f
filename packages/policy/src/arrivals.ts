import { createHash } from "node:crypto";
import { BatchQueue } from "@onrecord/core/batch-queue";
import { AppError } from "@onrecord/core/errors";
import { networkOf } from "@onrecord/core/network";
import { Pace, PaceExceeded } from "@onrecord/core/pace";
import type { Sql } from "@onrecord/postgres/database";
import { isUnavailable } from "@onrecord/postgres/unavailable";
import { authenticateAll, type Principal } from "./principal.js";

/** Strangers who are let in, in one turn of the event loop. */
const STRANGERS = 4;
/** Requests of sessions that are known, in one turn. */
const KNOWN = 16;
/** Sessions that are remembered. One that is forgotten goes in with the strangers once. */
const REMEMBERED = 20_000;

/**
 * The order in which those who arrive are looked at: those of sessions that were proven here before, session by session, and beside them
 * a few strangers, network by network. However many come at once, everybody's edits go in between.
 */
export class Arrivals {
  readonly #known = new Map<string, true>();
  readonly #ofKnown = new Pace(KNOWN, { eachOf: 1000, all: 20_000 });
  readonly #ofStrangers = new Pace(STRANGERS, { eachOf: 1000, all: 10_000 });
  /** Tokens that come at about the same time are one statement: made-up ones do not stand before what others ask of the database. */
  readonly #tokens: BatchQueue<string, Principal | null>;

  constructor(sql: Sql) {
    this.#tokens = new BatchQueue((tokens) => authenticateAll(sql, tokens), isUnavailable);
  }

  /** Resolves when it is the turn of somebody without a token. RATE_LIMITED where too many wait. */
  enter(address: string | null): Promise<void> {
    return turn(this.#ofStrangers, networkOf(address));
  }

  /** The principal of a session token, when it is its turn; null when there is no such live session. RATE_LIMITED where too many wait. */
  async prove(address: string | null, token: string): Promise<Principal | null> {
    const mark = createHash("sha256").update(token).digest("base64");
    await (this.#known.has(mark) ? turn(this.#ofKnown, mark) : this.enter(address));
    const principal = await this.#tokens.add(token);
    this.#note(mark, principal !== null);
    return principal;
  }

  #note(mark: string, proven: boolean): void {
    this.#known.delete(mark);
    if (!proven) return;
    this.#known.set(mark, true);
    const [oldest] = this.#known.keys();
    if (this.#known.size > REMEMBERED && oldest !== undefined) this.#known.delete(oldest);
  }
}

async function turn(pace: Pace, owner: string): Promise<void> {
  await pace.pass(owner).catch((error) => {
    if (!(error instanceof PaceExceeded)) throw error;
    throw new AppError("RATE_LIMITED", "Too many requests at a time; try again in a few seconds.");
  });
}
