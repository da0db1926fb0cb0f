import type { Sink } from "./socket.js";

/** What `follow` needs to know of a stream that has no end. */
export interface Stream<T> {
  /** Opens the stream behind a cursor (null: from now on) and returns how to close it. */
  readonly open: (after: string | null, sink: Sink<T>) => () => void;
  /** The cursor from which to resume after this event; null when the stream has none. */
  readonly cursorOf: (event: T) => string | null;
  readonly after: string | null;
  readonly onEvent: (event: T) => void;
  /** Told when the stream breaks and when it is open again; `first` is true for the very first opening. */
  readonly onState?: (state: "open" | "broken", first: boolean) => void;
  /** Whether a failure is final, so that asking again is pointless. */
  readonly isFinal?: (cause: unknown) => boolean;
}

const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 15_000;

/**
 * Follows an endless stream: an error and a completion alike mean that the line broke (a node drained, a proxy timed out),
 * so it is opened again from the last cursor. Returns how to stop.
 */
export function follow<T>(stream: Stream<T>): () => void {
  let after = stream.after;
  let wait = FIRST_WAIT_MS;
  let attempt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let close: () => void = () => {};

  const open = () => {
    const mine = ++attempt;
    const isCurrent = () => mine === attempt;
    stream.onState?.("open", mine === 1);
    const broken = (cause?: unknown) => {
      if (!isCurrent()) return;
      attempt++;
      stream.onState?.("broken", mine === 1);
      if (cause !== undefined && stream.isFinal?.(cause)) return;
      // Half of the wait is random: a restarted server is not met by every reader at the same moment.
      timer = setTimeout(open, wait * (0.5 + Math.random() / 2));
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    };
    close = stream.open(after, {
      next: (event) => {
        if (!isCurrent()) return;
        wait = FIRST_WAIT_MS;
        after = stream.cursorOf(event) ?? after;
        stream.onEvent(event);
      },
      failed: broken,
      completed: () => broken(),
    });
  };

  open();
  return () => {
    attempt = Number.POSITIVE_INFINITY;
    clearTimeout(timer);
    close();
  };
}
