import type { Access } from "@onrecord/collab-protocol/protocol";
import type { Ending } from "./ending.js";

/** What one document frame of this connection carries: every local change up to `seq`. */
interface Frame {
  readonly seq: number;
  /** The writing client and its clock when the frame was sent: the acknowledged state vector must reach it. */
  readonly client: number;
  readonly clock: number;
}

/** Where a local change stands between this browser and the server's disk. */
export interface SavedState {
  readonly link: "connecting" | "open" | "offline" | Ending;
  /** Local changes made so far, and how many of them the server has acknowledged as durable. */
  readonly local: number;
  readonly durable: number;
  /** Document frames sent on this connection and not yet acknowledged; `base` were acknowledged before them. */
  readonly frames: readonly Frame[];
  readonly base: number;
  /** The frame (counted from 1) from which on acknowledgements cover offline changes too; null until it was sent. */
  readonly fullFrom: number | null;
  readonly head: { readonly version: number; readonly at: string } | null;
  readonly access: Access | null;
}

/** What happens to a connection, in the words of the protocol. */
export type SavedEvent =
  | { type: "dialled" }
  | { type: "opened" }
  | { type: "changed" }
  | { type: "sent"; full: boolean; client: number; clock: number }
  | {
      type: "acknowledged";
      received: number;
      version: number;
      at: string;
      clockOf: (client: number) => number;
    }
  | { type: "head"; version: number; at: string }
  | { type: "access"; access: Access }
  | { type: "dropped" }
  | { type: "ended"; why: Ending };

/** A document that was just opened: nothing known, nothing written. */
export const fresh: SavedState = {
  link: "connecting",
  local: 0,
  durable: 0,
  frames: [],
  base: 0,
  fullFrom: null,
  head: null,
  access: null,
};

/** How many local changes the server has not yet acknowledged. */
export function unsaved(state: SavedState): number {
  return state.local - state.durable;
}

/** The state after an event. */
export function next(state: SavedState, event: SavedEvent): SavedState {
  switch (event.type) {
    case "dialled":
      return { ...state, link: state.link === "offline" ? "offline" : "connecting" };
    case "opened":
      // With nothing unsaved, all that later updates build on is already durable: they count without a full sync before them.
      return { ...state, link: "open", frames: [], base: 0, fullFrom: unsaved(state) === 0 ? 0 : null };
    case "changed":
      return { ...state, local: state.local + 1 };
    case "sent": {
      const frames = [...state.frames, { seq: state.local, client: event.client, clock: event.clock }];
      const fullFrom = state.fullFrom ?? (event.full ? state.base + frames.length : null);
      return { ...state, frames, fullFrom };
    }
    case "acknowledged":
      return acknowledge(state, event);
    case "head":
      return { ...state, head: dated(state.head, event) };
    case "access":
      return { ...state, access: event.access };
    case "dropped":
      return {
        ...state,
        link: isEnding(state.link) ? state.link : "offline",
        frames: [],
        base: 0,
        fullFrom: null,
      };
    case "ended":
      return { ...state, link: event.why, frames: [], base: 0, fullFrom: null };
  }
}

function acknowledge(state: SavedState, event: Extract<SavedEvent, { type: "acknowledged" }>): SavedState {
  const covered = Math.min(Math.max(event.received - state.base, 0), state.frames.length);
  const last = state.frames[covered - 1];
  const full = state.fullFrom !== null && state.base + covered >= state.fullFrom;
  // Counting frames is the promise; the state vector is the proof. Both must hold before anything is called saved.
  const proven = last !== undefined && full && event.clockOf(last.client) >= last.clock;
  const head = later(state.head, event);
  // What is not proven stays queued, so that a later acknowledgement can still cover it.
  if (!proven) return { ...state, head };
  return {
    ...state,
    head,
    durable: Math.max(state.durable, last.seq),
    frames: state.frames.slice(covered),
    base: state.base + covered,
  };
}

function later(known: SavedState["head"], told: { version: number; at: string }): SavedState["head"] {
  return known !== null && known.version >= told.version ? known : { version: told.version, at: told.at };
}

/** The list of versions has the time from the record itself: it also corrects the time of the version one knows already. */
function dated(known: SavedState["head"], told: { version: number; at: string }): SavedState["head"] {
  return known !== null && known.version > told.version ? known : { version: told.version, at: told.at };
}

/** Whether the server closed for good. */
export function isEnding(link: SavedState["link"]): link is Ending {
  return link !== "connecting" && link !== "open" && link !== "offline";
}
