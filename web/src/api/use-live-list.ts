import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { useCallback, useEffect, useRef, useState } from "react";
import { useSession } from "../session/session.js";
import { joined, type ListPage, unknownIn } from "./list-page.js";
import type { Problem } from "./problem.js";
import { type LineState, useFollow } from "./use-follow.js";

/** A list as far as it was read, newest first, growing at both ends. */
export interface LiveList<Row> {
  readonly rows: readonly Row[];
  readonly total: number | null;
  readonly hasOlder: boolean;
  readonly state: "loading" | "ready" | Problem;
  readonly line: LineState;
  readonly loadOlder: () => Promise<void>;
  readonly reload: () => void;
}

interface Options<Row, Told, V> {
  /** Reads the page behind a cursor; stays the same function for as long as the question does. */
  readonly read: (after: string | null) => Promise<ListPage<Row> | Problem>;
  /** The subscription that tells of new rows, and the row in what it tells. */
  readonly subscription: TypedDocumentNode<Told, V>;
  readonly variables: V;
  readonly rowOf: (told: Told) => Row;
  /** False follows nothing: the list stays as it was read. */
  readonly live?: boolean;
  /** New rows have arrived, oldest first. */
  readonly onArrived?: (rows: readonly Row[]) => void;
}

/** Rows that arrive while one watches push older ones out past this many; those can be read again. */
const KEPT = 2_000;

/** Reads a list page by page and follows what is added to it. */
export function useLiveList<
  Row extends { readonly id: string; readonly cursor: string },
  Told,
  V extends Record<string, unknown>,
>({ read, subscription, variables, rowOf, live = true, onArrived }: Options<Row, Told, V>): LiveList<Row> {
  const [rows, setRows] = useState<readonly Row[]>([]);
  const [total, setTotal] = useState<number | null>(null);
  const [hasOlder, setHasOlder] = useState(false);
  const [state, setState] = useState<LiveList<Row>["state"]>("loading");
  const [wanted, setWanted] = useState(0);
  const { round } = useSession();
  /** The rows as they are now, before they are drawn: what arrives meanwhile builds on them. */
  const latest = useRef(rows);
  const show = useCallback((now: readonly Row[]) => {
    latest.current = now;
    setRows(now);
  }, []);
  const question = useRef(read);
  question.current = read;
  const reading = useRef(false);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `wanted` and a new sign-in (`round`) ask the same question again.
  useEffect(() => {
    let left = false;
    setState("loading");
    void read(null).then((page) => {
      if (left) return;
      if ("kind" in page) return setState(page);
      show(page.rows);
      setTotal(page.total);
      setHasOlder(page.hasOlder);
      setState("ready");
    });
    return () => {
      left = true;
    };
  }, [read, wanted, round, show]);

  const loadOlder = useCallback(async () => {
    const oldest = latest.current.at(-1);
    if (reading.current || !hasOlder || !oldest) return;
    reading.current = true;
    const page = await read(oldest.cursor);
    reading.current = false;
    // Another question was asked meanwhile, or the end of the list moved: this would not join on.
    if (question.current !== read || latest.current.at(-1) !== oldest) return;
    if ("kind" in page) return setState(page);
    show(joined(latest.current, page.rows));
    setHasOlder(page.hasOlder);
  }, [read, hasOlder, show]);

  const line = useFollow(subscription, variables, {
    enabled: live && state === "ready",
    after: () => latest.current[0]?.cursor ?? null,
    cursorOf: (told) => rowOf(told).cursor,
    onEvents: (events) => {
      const before = latest.current;
      const arrived = unknownIn(events.map(rowOf), before);
      if (arrived.length === 0) return;
      const all = [...arrived.toReversed(), ...before];
      const kept = all.slice(0, Math.max(KEPT, before.length));
      show(kept);
      if (kept.length < all.length) setHasOlder(true);
      setTotal((count) => (count === null ? null : count + arrived.length));
      onArrived?.(arrived);
    },
  });

  const reload = useCallback(() => setWanted((n) => n + 1), []);
  return { rows, total, hasOlder, state, line, loadOlder, reload };
}
