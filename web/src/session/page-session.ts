import type { MeQuery } from "@onrecord/schema/generated";

/** Who is signed in. */
export type Me = MeQuery["me"];

/** Why a page sends nothing any more: its session is over, or somebody else has signed in in this browser. */
export type Ended = { kind: "over" } | { kind: "other"; person: { id: string; name: string } };

/** Where the session of this page stands. */
export type SessionState =
  | { kind: "loading" }
  | { kind: "unreachable" }
  | { kind: "anonymous" }
  /** Once `ended`, the page keeps its text and, while `asking`, asks the same person to sign in again. */
  | { kind: "signed-in"; me: Me; ended: Ended | null; asking: boolean };

/** Whose the browser's session is, as the server told. */
export type Look = { kind: "somebody"; me: Me } | { kind: "nobody" } | { kind: "unreachable" };

/**
 * The state of a page that has learned whose the browser's session is; `refused` are the sessions in whose name it was just
 * refused. A page that holds one person's unsent text never turns into another person's page.
 */
export function seen(before: SessionState, look: Look, refused: ReadonlySet<string>): SessionState {
  if (before.kind !== "signed-in") {
    switch (look.kind) {
      case "somebody":
        return { kind: "signed-in", me: look.me, ended: null, asking: false };
      case "nobody":
        return { kind: "anonymous" };
      case "unreachable":
        return { kind: "unreachable" };
    }
  }
  const { me } = before;
  switch (look.kind) {
    case "unreachable":
      return refused.has(me.sessionId) ? end(before, before.ended ?? { kind: "over" }) : before;
    case "nobody":
      return end(before, { kind: "over" });
    case "somebody": {
      const { user, sessionId } = look.me;
      if (user.id !== me.user.id)
        return end(before, { kind: "other", person: { id: user.id, name: user.name } });
      // The same person has signed in anew, here or in another tab: the page goes on in that session.
      if (sessionId !== me.sessionId) return { kind: "signed-in", me: look.me, ended: null, asking: false };
      // Refused though it lives: what would be tried again by itself would be tried for ever.
      if (refused.has(sessionId)) return end(before, { kind: "over" });
      return before.ended?.kind === "other" ? { ...before, ended: null, asking: false } : before;
    }
  }
}

/** Asks as soon as something is new; whoever has answered "not now" is not asked the same again. */
function end(before: SessionState & { kind: "signed-in" }, ended: Ended): SessionState {
  const known = JSON.stringify(before.ended) === JSON.stringify(ended);
  return known ? before : { ...before, ended, asking: true };
}

/** The session that this page belongs to. The browser's cookie may become another one's; the page does not. */
export class PageSession {
  #state: SessionState = { kind: "loading" };
  #round = 0;
  #refused = new Set<string>();
  #last: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;
  readonly #listeners = new Set<() => void>();

  /** `look` asks the server whose the browser's session is. */
  constructor(private readonly look: () => Promise<Look>) {}

  readonly state = (): SessionState => this.#state;

  /** Counts the sessions that this page has had, so that what an ended one closed can open again. */
  readonly round = (): number => this.#round;

  /** The id to name with everything that is sent; null when nothing may be sent in anybody's name. */
  get id(): string | null {
    return this.#state.kind === "signed-in" && this.#state.ended === null ? this.#state.me.sessionId : null;
  }

  /** The server refused something that was sent in the name of this session; null: of none. */
  readonly refused = (id: string | null): Promise<void> => {
    if (id !== null) this.#refused.add(id);
    return this.notice();
  };

  /** Looks whose the browser's session is. A look that began before it was asked for may be out of date: another one follows. */
  readonly notice = (): Promise<void> => {
    this.#next ??= this.#last.then(async () => {
      this.#next = null;
      const refused = this.#refused;
      this.#refused = new Set();
      this.#become(seen(this.#state, await this.look(), refused));
    });
    this.#last = this.#next;
    return this.#last;
  };

  /** Asks to sign in again, if the session has ended. */
  readonly ask = (): void => this.#setAsking(true);

  /** Not now: the page is left as it is, to copy from. */
  readonly later = (): void => this.#setAsking(false);

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #setAsking(asking: boolean): void {
    if (this.#state.kind === "signed-in" && this.#state.ended !== null)
      this.#become({ ...this.#state, asking });
  }

  #become(state: SessionState): void {
    if (state === this.#state) return;
    const before = this.id;
    this.#state = state;
    if (this.id !== null && this.id !== before) this.#round++;
    for (const listener of this.#listeners) listener();
  }
}
