import {
  type AlertFilter,
  AlertRaisedDocument,
  type AlertRowFragment,
  AlertsDocument,
} from "@onrecord/schema/generated";
import { useCallback, useEffect, useRef, useState } from "react";
import { useClient } from "urql";
import { type Problem, problemOf } from "../../api/problem.js";
import { type LineState, useFollow } from "../../api/use-follow.js";
import { useSession } from "../../session/session.js";

/** An alert, as the app shows it. */
export type AlertRow = AlertRowFragment;

/** Alerts as far as they were read, newest first, growing as rules notice things. */
export interface Alerts {
  readonly alerts: readonly AlertRow[];
  /** Those that arrived while one watched. */
  readonly fresh: ReadonlySet<string>;
  readonly total: number | null;
  readonly hasOlder: boolean;
  readonly state: "loading" | "ready" | Problem;
  readonly line: LineState;
  readonly loadOlder: () => Promise<void>;
  readonly reload: () => void;
}

/** Reads and follows the alerts that match `filter`, which must stay the same object while the question does. */
export function useAlerts(
  filter: AlertFilter,
  first: number,
  enabled = true,
  onRaised?: (alerts: AlertRow[]) => void,
): Alerts {
  const client = useClient();
  const [alerts, setAlerts] = useState<readonly AlertRow[]>([]);
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  const [total, setTotal] = useState<number | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const [state, setState] = useState<Alerts["state"]>("loading");
  const [wanted, setWanted] = useState(0);
  const { round } = useSession();
  const latest = useRef<readonly AlertRow[]>([]);
  latest.current = alerts;

  const read = useCallback(
    (after: string | null) =>
      client.query(AlertsDocument, { filter, first, after }, { requestPolicy: "network-only" }).toPromise(),
    [client, filter, first],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: `wanted` and a new sign-in (`round`) ask the same question again.
  useEffect(() => {
    if (!enabled) return;
    let left = false;
    setState("loading");
    void read(null).then(({ data, error }) => {
      if (left) return;
      if (!data) return setState(error ? problemOf(error) : { kind: "not-found", requestId: null });
      const { edges, pageInfo, totalCount } = data.alerts;
      setAlerts(edges.map(({ node }) => node));
      setTotal(totalCount);
      setNext(pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null);
      setState("ready");
    });
    return () => {
      left = true;
    };
  }, [read, enabled, wanted, round]);

  const line = useFollow(
    AlertRaisedDocument,
    { filter },
    {
      enabled: enabled && state === "ready",
      after: () => latest.current[0]?.cursor ?? null,
      cursorOf: ({ alertRaised }) => alertRaised.cursor,
      onEvents: (events) => {
        const known = new Set(latest.current.map(({ id }) => id));
        const raised = events.map(({ alertRaised }) => alertRaised).filter(({ id }) => !known.has(id));
        if (raised.length === 0) return;
        setAlerts((before) => [...[...raised].reverse(), ...before]);
        setFresh((before) => new Set([...before, ...raised.map(({ id }) => id)]));
        setTotal((n) => (n === null ? null : n + raised.length));
        onRaised?.(raised);
      },
    },
  );

  const loadOlder = useCallback(async () => {
    if (next === null) return;
    const { data, error } = await read(next);
    if (!data) return error ? setState(problemOf(error)) : undefined;
    const { edges, pageInfo } = data.alerts;
    setAlerts((before) => [...before, ...edges.map(({ node }) => node)]);
    setNext(pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null);
  }, [read, next]);

  const reload = useCallback(() => setWanted((n) => n + 1), []);
  return { alerts, fresh, total, hasOlder: next !== null, state, line, loadOlder, reload };
}
