import type { AlertRow } from "@onrecord/alerts/alert";
import { AppError } from "@onrecord/core/errors";
import { type CursorCodec, defineCursor } from "@onrecord/subgraph/cursor";

/** A place among the alerts. */
export type AlertPosition = readonly [
  /** Milliseconds since 1970; the engine never gives two batches the same. */
  at: number,
  id: string,
];

/** Before every alert. */
export const beforeAllAlerts: AlertPosition = [0, "00000000-0000-0000-0000-000000000000"];

const codec = defineCursor("alert", "integer", "id");
/** The end of the year 9999: what both JavaScript and Postgres can write. */
const LATEST = 253_402_300_799_999;

/** The cursor of an alert, for lists and for resuming subscriptions alike. */
export const alertCursor: CursorCodec<AlertPosition> = {
  encode: codec.encode,
  decode(cursor) {
    const position = codec.decode(cursor);
    if (position[0] < 0 || position[0] > LATEST)
      throw new AppError("BAD_USER_INPUT", "This cursor does not belong to this list.");
    return position;
  },
};

/** Where an alert stands among the others. */
export function alertPosition({ at, id }: AlertRow): AlertPosition {
  return [at.getTime(), id];
}

/** The order of alerts. */
export function compareAlerts(a: AlertPosition, b: AlertPosition): number {
  return a[0] - b[0] || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0);
}
