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

/** Rows that arrive while one watches are kept up to here; older ones can be read again. */
const KEPT = 2_000;

/** Reads a list page by page and follows what is added to it. */
export function useLiveList<
  Row extends { readonly id: string; readonly cursor: string },
  Told,
  V extends Record<string, unknown>,
>({ read, subscription, variables, rowOf, live = true, onArrived }: Options<Row, Told, V>): LiveList<Row> {
  const [rows, setRows] = useState<readonly Row[]>([]);
  const [total, setTotal] = useState<number | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const [state, setState] = useState<LiveList<Row>["state"]>("loading");
  const [wanted, setWanted] = useState(0);
  const { round } = useSession();
  const latest = useRef(rows);
  latest.current = rows;
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
      setRows(page.rows);
      setTotal(page.total);
      setNext(page.next);
      setState("ready");
    });
    return () => {
      left = true;
    };
  }, [read, wanted, round]);

  const loadOlder = useCallback(async () => {
    if (reading.current || next === null) return;
    reading.current = true;
    const page = await read(next);
    reading.current = false;
    // Another question was asked meanwhile: this answers the old one.
    if (question.current !== read) return;
    if ("kind" in page) return setState(page);
    setRows((known) => joined(known, page.rows));
    setNext(page.next);
  }, [read, next]);

  const line = useFollow(subscription, variables, {
    enabled: live && state === "ready",
    after: () => latest.current[0]?.cursor ?? null,
    cursorOf: (told) => rowOf(told).cursor,
    onEvents: (events) => {
      const arrived = unknownIn(events.map(rowOf), latest.current);
      if (arrived.length === 0) return;
      setRows((before) => joined(arrived.toReversed(), before).slice(0, Math.max(KEPT, before.length)));
      setTotal((count) => (count === null ? null : count + arrived.length));
      onArrived?.(arrived);
    },
  });

  const reload = useCallback(() => setWanted((n) => n + 1), []);
  return { rows, total, hasOlder: next !== null, state, line, loadOlder, reload };
}
