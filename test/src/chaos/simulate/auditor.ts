import { effectiveUpdate } from "@onrecord/history/edit/effective-update";
import type { History } from "@onrecord/history/store/history";
import { readChanges } from "@onrecord/history/store/load";
import type { Sql } from "@onrecord/postgres/database";
import * as Y from "yjs";
import type { Faults } from "../faults.js";
import type { Peer } from "./peer.js";

interface Row {
  readonly version: number;
  readonly author_id: string | null;
  readonly carrier_id: string | null;
  readonly actor_id: string | null;
  readonly session_id: string | null;
  readonly detail: { readonly version: number } | null;
}

/** Follows one document in the table and holds against it, after each step, what was promised. */
export class Auditor {
  /** The document as the table has it. */
  readonly doc = new Y.Doc();
  version = 0;
  /** Whose clientID is whose. */
  readonly #owners = new Map<number, string>();
  /** After which version a user, or a session, must not write; those who may are not in it. */
  readonly #barred = new Map<string, number>();

  constructor(
    private readonly sql: Sql,
    private readonly history: History,
    private readonly documentId: string,
    private readonly faults: Faults,
  ) {}

  knows({ doc, userId }: Peer): void {
    this.#owners.set(doc.clientID, userId);
  }

  /** From this version on the user, or the session, has no right. */
  bar(id: string, version: number): void {
    this.#barred.set(id, version);
  }

  unbar(userId: string): void {
    this.#barred.delete(userId);
  }

  /** Reads what is new in the table and looks at it, and at what peers were told. */
  async check(peers: readonly Peer[], when: string): Promise<void> {
    const told = peers.map((peer) => ({
      peer,
      received: peer.received.splice(0),
      acknowledged: peer.acknowledged,
    }));
    await this.#follow(when);
    const stored = Y.snapshot(this.doc);
    for (const { peer, received, acknowledged } of told) {
      const missing = received.filter((update) => !Y.snapshotContainsUpdate(stored, update)).length;
      this.faults.unless(
        missing === 0,
        `${when}: ${peer.doc.clientID} received ${missing} changes that the table does not have`,
      );
      if (acknowledged) this.#checkAcknowledged(peer, acknowledged, when);
    }
  }

  #checkAcknowledged(
    peer: Peer,
    { version, stateVector }: NonNullable<Peer["acknowledged"]>,
    when: string,
  ): void {
    this.faults.unless(
      version <= this.version,
      `${when}: ${peer.doc.clientID} was told of version ${version} of ${this.version}`,
    );
    for (const [client, clock] of stateVector)
      this.faults.unless(
        Y.getState(this.doc.store, client) >= clock,
        `${when}: ${client} was called durable to ${clock} and is not`,
      );
  }

  async #follow(when: string): Promise<void> {
    const { key } = await this.history.load(this.documentId, 0);
    const rows = await this.sql.query<Row>(
      `select c.version, c.author_id, c.carrier_id, e.actor_id, e.session_id, e.detail
       from documents.change c left join audit.entry e on e.id = c.entry_id and e.object_id = c.document_id and e.action = 'document.edited'
       where c.document_id = $1 and c.last_version > $2 and c.version > $2 order by c.version`,
      [this.documentId, this.version],
    );
    const updates = new Map<number, Uint8Array>();
    const head = rows.at(-1)?.version ?? this.version;
    for await (const { update, version } of readChanges(this.sql, key, this.documentId, this.version, head))
      updates.set(version, update);
    for (const row of rows) this.#look(row, updates.get(row.version)!, when);
    const [entries] = await this.sql.query<{ count: number }>(
      "select count(*) as count from audit.entry where object_id = $1 and action = 'document.edited'",
      [this.documentId],
    );
    // More may have been committed between the two readings, and never fewer.
    this.faults.unless(
      entries!.count >= this.version,
      `${when}: ${entries!.count} entries for ${this.version} versions`,
    );
  }

  #look(
    { version, author_id, carrier_id, actor_id, session_id, detail }: Row,
    update: Uint8Array,
    when: string,
  ): void {
    const { faults } = this;
    const at = `${when}, version ${version}`;
    faults.unless(version === this.version + 1, `${at}: comes after ${this.version}`);
    faults.unless(effectiveUpdate(this.doc, update) !== null, `${at}: changes nothing`);
    faults.unless(this.doc.store.pendingStructs === null, `${at}: builds on what is not there`);
    faults.unless(
      detail?.version === version && actor_id === carrier_id,
      `${at}: has no entry of its own by who brought it`,
    );
    for (const client of Y.parseUpdateMeta(update).to.keys()) {
      const owner = this.#owners.get(client);
      faults.unless(owner === carrier_id, `${at}: ${carrier_id} brought what ${client} of ${owner} wrote`);
      faults.unless(
        author_id === null || author_id === owner,
        `${at}: is ${author_id}'s, and ${owner} wrote it`,
      );
    }
    for (const id of [carrier_id, session_id]) {
      const end = id === null ? undefined : this.#barred.get(id);
      faults.unless(
        end === undefined || version <= end,
        `${at}: by ${carrier_id} in session ${session_id}, where ${id} had lost the right after version ${end}`,
      );
    }
    this.version = version;
  }
}
