import { commitProvenance } from "@onrecord/ledger/provenance";
import type { Sql } from "@onrecord/postgres/database";
import type { Fault } from "./fault.js";

const PAGE = 1000;

interface Origin {
  readonly id: string;
  readonly salt: Buffer;
  readonly commitment: string;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly claimed: string | null;
}

/** Holds every origin against its commitment, by which entries prove it. */
export async function* checkOrigins(sql: Sql): AsyncGenerator<Fault> {
  let after: string | null = null;
  for (;;) {
    const rows: Origin[] = await sql.query<Origin>(
      `select id, salt, encode(commitment, 'hex') as commitment, ip, user_agent as "userAgent", claimed from audit.origin
       where $1::uuid is null or id > $1 order by id limit $2`,
      [after, PAGE],
    );
    for (const { id, salt, commitment, ip, userAgent, claimed } of rows)
      if (commitProvenance(salt, { ip, userAgent, ...(claimed === null ? {} : { claimed }) }) !== commitment)
        yield { subject: "record", id, text: "An origin is not what entries have committed to." };
    if (rows.length < PAGE) return;
    after = rows.at(-1)!.id;
  }
}
