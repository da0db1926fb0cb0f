import type { Standing } from "./stand.js";

/** Whoever keeps something open on a right. */
export interface Holder {
  /** The right was decided anew: what it rests on now, or null when its session has ended. Called before anybody who waits is told. */
  renewed(standing: Standing | null): void;
}

/** The right of something that is open: a session's, on a resource or on nothing but itself. It is asked for again when it is void. */
export class LiveRight {
  /** Its row in the database, stored or just being stored: another one each time that it is decided anew. */
  id = "";
  /** It may have ended, and is being decided anew: nothing is committed on it meanwhile. */
  isVoid = true;
  /** Nobody holds it any more, or its session has ended. */
  isReleased = false;
  #standing: Standing | null = null;
  #decided: PromiseWithResolvers<void> | undefined;

  constructor(
    readonly sessionId: string,
    readonly resourceId: string | null,
    private readonly holder: Holder,
    private readonly rights: {
      isDoubtful(right: LiveRight): boolean;
      renew(rights: Iterable<LiveRight>): Promise<void>;
      release(right: LiveRight): void;
      upTo(revision: number): Promise<void>;
    },
  ) {}

  /** What it rests on, as far as is known; null without a living session. */
  get standing(): Standing | null {
    return this.#standing;
  }

  /** When it ends by time, in milliseconds since the epoch as the database has it. */
  get until(): number {
    return this.#standing?.until ?? Number.NEGATIVE_INFINITY;
  }

  /** It may have ended. Resolves when it was decided anew, or is given back. */
  doubt(): Promise<void> {
    this.isVoid = true;
    this.#decided ??= Promise.withResolvers();
    return this.#decided.promise;
  }

  /** Takes what was decided anew; `isVoid` says that it has been changed again meanwhile. */
  renewed(standing: Standing | null, isVoid: boolean): void {
    this.#standing = standing;
    this.isVoid = isVoid;
    this.isReleased = standing === null;
    this.holder.renewed(standing);
    if (!isVoid || this.isReleased) this.#settle();
  }

  /** Nobody holds it any more. */
  released(): void {
    this.isReleased = true;
    this.#settle();
  }

  #settle(): void {
    this.#decided?.resolve();
    this.#decided = undefined;
  }

  /**
   * Resolves when all changes of rights up to this permission revision have been looked at, and this right was decided anew if one of
   * them concerned it, or if it is over by time: what is shown after that is shown on a right that stands. Costs nothing otherwise.
   */
  async upTo(revision: number): Promise<void> {
    await this.rights.upTo(revision);
    if (!this.isReleased && this.rights.isDoubtful(this)) await this.rights.renew([this]);
  }

  /** Gives it back. */
  release(): void {
    if (!this.isReleased) this.rights.release(this);
  }
}
