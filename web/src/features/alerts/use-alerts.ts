import {
  type AlertFilter,
  AlertRaisedDocument,
  type AlertRowFragment,
  AlertsDocument,
} from "@onrecord/schema/generated";
import { useCallback, useState } from "react";
import { useClient } from "urql";
import { pageOf } from "../../api/list-page.js";
import { type LiveList, useLiveList } from "../../api/use-live-list.js";

/** An alert, as the app shows it. */
export type AlertRow = AlertRowFragment;

/** Alerts as far as they were read, growing as rules notice things. */
export interface Alerts extends LiveList<AlertRow> {
  /** Those that arrived while one watched. */
  readonly fresh: ReadonlySet<string>;
}

/** Reads and follows the alerts that match `filter`, which must stay the same object while the question does. */
export function useAlerts(
  filter: AlertFilter,
  first: number,
  onRaised?: (alerts: readonly AlertRow[]) => void,
): Alerts {
  const client = useClient();
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  const read = useCallback(
    async (after: string | null) => {
      const { data, error } = await client
        .query(AlertsDocument, { filter, first, after }, { requestPolicy: "network-only" })
        .toPromise();
      return pageOf(data?.alerts, error);
    },
    [client, filter, first],
  );
  const list = useLiveList({
    read,
    subscription: AlertRaisedDocument,
    variables: { filter },
    rowOf: ({ alertRaised }) => alertRaised,
    onArrived: (raised) => {
      setFresh((before) => new Set([...before, ...raised.map(({ id }) => id)]));
      onRaised?.(raised);
    },
  });
  return { ...list, fresh };
}
