import { useCallback, useEffect, useRef, useState } from "react";
import type { Problem } from "../../api/problem.js";
import { useSession } from "../../session/session.js";
import type { Entry } from "./sentence.js";

/** A page of entries, newest first. */
export interface EntryPage {
  readonly entries: readonly Entry[];
  readonly total: number | null;
  /** The cursor behind which the older ones are; null when there are none. */
  readonly next: string | null;
}

/** Entries as far as they were read, growing at both ends. */
export interface Entries {
  readonly entries: readonly Entry[];
  readonly total: number | null;
  readonly hasOlder: boolean;
  readonly state: "loading" | "ready" | Problem;
  readonly loadOlder: () => Promise<void>;
  readonly reload: () => void;
  /** Puts appended entries (oldest first) in front. */
  readonly append: (entries: readonly Entry[]) => void;
  /** The cursor of the newest entry read. */
  readonly newestCursor: () => string | null;
}

/** Entries that arrive while one watches are kept up to here; older ones can be read again. */
const KEPT = 2_000;

/** Reads pages of entries with `read`, which stays the same for as long as the question does. */
export function useEntries(read: (after: string | null) => Promise<EntryPage | Problem>): Entries {
  const [entries, setEntries] = useState<readonly Entry[]>([]);
  const [total, setTotal] = useState<number | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const [state, setState] = useState<Entries["state"]>("loading");
  const [wanted, setWanted] = useState(0);
  const { round } = useSession();
  const latest = useRef<readonly Entry[]>([]);
  const reading = useRef(false);
  latest.current = entries;

  // biome-ignore lint/correctness/useExhaustiveDependencies: `wanted` and a new sign-in (`round`) ask the same question again.
  useEffect(() => {
    let left = false;
    setState("loading");
    void read(null).then((page) => {
      if (left) return;
      if ("kind" in page) return setState(page);
      setEntries(page.entries);
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
    if ("kind" in page) return setState(page);
    setEntries((known) => joined(known, page.entries));
    setNext(page.next);
  }, [read, next]);

  const append = useCallback((arrived: readonly Entry[]) => {
    const known = new Set(latest.current.slice(0, 400).map(({ id }) => id));
    const fresh = arrived.filter(({ id }) => !known.has(id));
    if (fresh.length === 0) return;
    setEntries((before) => joined([...fresh].reverse(), before).slice(0, Math.max(KEPT, before.length)));
    setTotal((n) => (n === null ? null : n + fresh.length));
  }, []);

  const reload = useCallback(() => setWanted((n) => n + 1), []);
  const newestCursor = useCallback(() => latest.current[0]?.cursor ?? null, []);
  return { entries, total, hasOlder: next !== null, state, loadOlder, reload, append, newestCursor };
}

function joined(front: readonly Entry[], back: readonly Entry[]): readonly Entry[] {
  const known = new Set(front.map(({ id }) => id));
  return [...front, ...back.filter(({ id }) => !known.has(id))];
}
