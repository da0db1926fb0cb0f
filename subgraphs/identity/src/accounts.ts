import { BatchQueue } from "@onrecord/core/batch-queue";
import type { Sql } from "@onrecord/postgres/database";
import { isUnavailable } from "@onrecord/postgres/unavailable";
import { DAYS, type Familiar, familiarTo, marks, type Place } from "./familiar-places.js";

/** An account as a sign-in needs it. */
export interface Account {
  readonly id: string;
  /** PHC string; null: this account does not sign in by password. */
  readonly passwordHash: string | null;
  readonly active: boolean;
  readonly expiresAt: Date | null;
}

/** Who an e-mail address belongs to, and whether they have signed in from a place before. */
export interface Found {
  /** Null: nobody has the address; then no place is familiar. */
  readonly account: Account | null;
  readonly familiar: Familiar;
}

interface Sought {
  readonly email: string;
  readonly place: Place;
}

type Row = Account & { readonly found: boolean; readonly places: readonly Buffer[] };

/**
 * Looks up accounts by e-mail address. Those that are sought at about the same time are one statement: a flood of wrong sign-ins does not
 * stand before what others ask of the database.
 */
export class Accounts {
  readonly #queue = new BatchQueue<Sought, Found>((sought) => this.#find(sought), isUnavailable);

  constructor(private readonly sql: Sql) {}

  /** `email` in lower case. */
  find(email: string, place: Place): Promise<Found> {
    return this.#queue.add({ email, place });
  }

  async #find(sought: readonly Sought[]): Promise<Found[]> {
    const places = sought.map(({ place }) => marks(place));
    const rows = await this.sql.query<Row>(
      `select u.id is not null as found, u.id, u.password_hash as "passwordHash", u.active, u.expires_at as "expiresAt",
         array(select p.place from identity.familiar_place p
           where p.user_id = u.id and p.place in (s.network, s.device)
             and p.last_at > clock_timestamp() - make_interval(days => ${DAYS})) as places
       from unnest($1::text[], $2::bytea[], $3::bytea[]) with ordinality s (email, network, device, nth)
         left join identity.user u on u.email = s.email
       order by s.nth`,
      [
        sought.map(({ email }) => email),
        places.map(({ network }) => network),
        places.map(({ device }) => device),
      ],
    );
    return rows.map(({ found, places, ...account }, index) => ({
      account: found ? account : null,
      familiar: familiarTo(places, sought[index]!.place),
    }));
  }
}
