import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { useEffect, useRef, useState } from "react";
import { useSession } from "../session/session.js";
import { follow } from "./follow.js";
import { type Problem, problemTold } from "./problem.js";

/** Whether a followed stream is open; "off" when it is not followed, for which an ended session is a reason too. */
export type LineState = "off" | "open" | "broken";

interface Options<T> {
  /** False pauses; the stream is opened again when it turns true. */
  readonly enabled?: boolean;
  /** Events arrive in batches, so that a burst costs one render. */
  readonly onEvents: (events: T[]) => void;
  readonly cursorOf?: (event: T) => string | null;
  /** The cursor to begin behind; read when the stream is opened. */
  readonly after?: () => string | null;
  /** The line is open again after a break: what has no cursor must be read again. */
  readonly onReopened?: () => void;
}

/** Follows a subscription for as long as the component lives, resuming behind the last cursor whenever the line breaks. */
export function useFollow<T, V extends Record<string, unknown>>(
  document: TypedDocumentNode<T, V>,
  variables: V,
  options: Options<T>,
): LineState {
  const { live, id, round, refused } = useSession();
  const [line, setLine] = useState<LineState>("off");
  const latest = useRef(options);
  latest.current = options;
  const enabled = (options.enabled ?? true) && id !== null;
  const key = JSON.stringify(variables);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` opens the stream again after signing in again; `key` stands for `variables`.
  useEffect(() => {
    if (!enabled) {
      setLine("off");
      return;
    }
    const batch = batched<T>((events) => latest.current.onEvents(events));
    const given = JSON.parse(key) as V;
    const stop = follow<T>({
      open: (after, sink) =>
        live.subscribe(document, { ...given, ...(after === null ? {} : { after }) }, sink),
      cursorOf: (event) => latest.current.cursorOf?.(event) ?? null,
      after: latest.current.after?.() ?? null,
      onEvent: batch.add,
      onState: (state, first) => {
        setLine(state);
        if (state === "open" && !first) latest.current.onReopened?.();
      },
      isFinal: (cause) => {
        const kind = kindOf(cause);
        if (kind === "unauthenticated") void refused(id);
        return kind === "unauthenticated" || kind === "forbidden" || kind === "not-found";
      },
    });
    return () => {
      stop();
      batch.cancel();
    };
  }, [live, document, key, enabled, id, round, refused]);

  return line;
}

/** What a failure was: told as GraphQL errors, or by the close code of the socket. */
function kindOf(cause: unknown): Problem["kind"] | null {
  if (cause instanceof CloseEvent) return cause.code === 4401 ? "unauthenticated" : null;
  return Array.isArray(cause) ? problemTold(cause[0]).kind : null;
}

/** Long enough to gather a burst, short enough to look immediate. A timer and not a frame: a hidden tab has no frames. */
const BATCH_MS = 60;

function batched<T>(flush: (events: T[]) => void) {
  let waiting: T[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    add(event: T) {
      waiting.push(event);
      timer ??= setTimeout(() => {
        timer = undefined;
        const events = waiting;
        waiting = [];
        flush(events);
      }, BATCH_MS);
    },
    cancel: () => clearTimeout(timer),
  };
}
