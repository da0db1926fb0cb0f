import type { KeptTable, SequenceState } from "@onrecord/postgres/backup/kept-tables";

/** What a backup begins with: all that must be known before its rows. */
export interface Beginning {
  readonly form: 1;
  /** When the moment was that it shows, ISO 8601 in UTC. */
  readonly at: string;
  /** Of Postgres: "18.4". */
  readonly serverVersion: string;
  readonly migrations: readonly string[];
  /** The next place in the order of the record, decimal. */
  readonly place: string;
  readonly counts: Counts;
  readonly tables: readonly KeptTable[];
  /** Of the data directory: what opens the documents, and what nodes know each other by. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** How much there is. */
export interface Counts {
  readonly entries: number;
  readonly documents: number;
  readonly heads: number;
  readonly versions: number;
}

/** What stands after a table's rows. */
export interface Part {
  /** `schema.table`. */
  readonly table: string;
  readonly rows: number;
  readonly bytes: number;
  /** Of the rows in COPY's text form, in hex. */
  readonly sha256: string;
}

/** What a backup ends with: without it, it is none. */
export interface Ending {
  readonly parts: readonly Part[];
  readonly sequences: readonly SequenceState[];
}
