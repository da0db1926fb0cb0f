import { createHash } from "node:crypto";
import type { Sql } from "@onrecord/postgres/database";

/** From where a sign-in comes. */
export interface Place {
  /** See `networkOf`; "": unknown. */
  readonly network: string;
  /** What the device was given when it signed in before. */
  readonly device: string | null;
}

/** What of a place is known of an account. */
export interface Familiar {
  readonly network: boolean;
  readonly device: boolean;
}

/** As many places of one person are remembered, for so many days. */
const REMEMBERED = 20;
export const DAYS = 90;

/** What of a place is among the places that an account knows. */
export function familiarTo(places: readonly Buffer[], place: Place): Familiar {
  const { network, device } = marks(place);
  const known = (mark: Buffer | null) => mark !== null && places.some((place) => mark.equals(place));
  return { network: known(network), device: known(device) };
}

/** Remembers from where somebody signed in, in the transaction in which they did. */
export async function rememberPlace(sql: Sql, userId: string, place: Place): Promise<void> {
  const { network, device } = marks(place);
  const given = [network, device].filter((mark) => mark !== null).sort(Buffer.compare);
  await sql.query(
    `insert into identity.familiar_place (user_id, place) select $1, unnest($2::bytea[])
     on conflict (user_id, place) do update set last_at = clock_timestamp()`,
    [userId, given],
  );
  await sql.query(
    `delete from identity.familiar_place where user_id = $1 and place not in (
       select place from identity.familiar_place
       where user_id = $1 and last_at > clock_timestamp() - make_interval(days => ${DAYS})
       order by last_at desc limit ${REMEMBERED}
     )`,
    [userId],
  );
}

/** The form in which places are kept. */
export function marks({ network, device }: Place): { network: Buffer | null; device: Buffer | null } {
  return {
    network: network === "" ? null : mark("network", network),
    device: device === null ? null : mark("device", device),
  };
}

function mark(kind: keyof Place, value: string): Buffer {
  return createHash("sha256").update(`${kind} ${value}`).digest();
}
