import { type KeyObject, randomBytes } from "node:crypto";
import type { By, Ledger } from "@onrecord/ledger/ledger";
import type { AppContext } from "@onrecord/platform/context";
import type { Sql, Tx } from "@onrecord/platform/database";
import { AppError } from "@onrecord/platform/errors";
import { newId } from "@onrecord/platform/ids";
import { seal } from "@onrecord/platform/vault";
import * as Y from "yjs";
import { type ClientBinding, commitChanges, type GroupCommit } from "./commit.js";
import { effectiveUpdate } from "./effective-update.js";
import { type EncodedState, packState } from "./encoded-state.js";
import {
  checkpointContext,
  keyContext,
  type LoadedDocument,
  loadDocument,
  readDocument,
  type StoredDocument,
} from "./load.js";
import { revertTo } from "./restore.js";
import { missingDocument } from "./shredded.js";

/** Checkpoints that stay are at least so many versions apart: what a load at any version replays is at most about twice as much. */
export const CHECKPOINT_EVERY = 500;

/** How often an edit that lost the race for a head is made again before it gives up. */
const TRIES = 20;

/** A change made outside a live room: an import, a restore. */
export interface Edit {
  readonly documentId: string;
  readonly by: By;
  readonly action: GroupCommit["action"];
  readonly extra?: Readonly<Record<string, unknown>>;
  /** Decides anew on each try and returns the permission revision it decided at. */
  authorize(): Promise<number>;
  /** The update that turns the document at its head into what is wanted, or null for nothing. */
  change(head: LoadedDocument): Promise<Uint8Array | null> | Uint8Array | null;
}

/** Where a document stands. */
export interface Head {
  readonly version: number;
  /** Bytes of all changes. */
  readonly bytes: number;
  /** The entry of this version, and its time; null at version 0. */
  readonly tip: string | null;
  readonly at: Date | null;
}

/** A document's versions: made, loaded, added to, restored. Never rewritten. */
export class History {
  constructor(
    private readonly context: Pick<AppContext, "db" | "keys" | "bus" | "config">,
    private readonly ledger: Ledger,
  ) {}

  /** Gives a new document its head at version 0 and a data key of its own, in the transaction that creates it. */
  async create(tx: Tx, documentId: string): Promise<void> {
    // Until this commits, the key that wraps it cannot be retired.
    await tx.query("select pg_advisory_xact_lock_shared(documents.key_lock())");
    const wrapped = await this.context.keys.wrap(randomBytes(32), keyContext(documentId));
    await tx.query("insert into documents.head (document_id, wrapped_key) values ($1, $2)", [
      documentId,
      wrapped,
    ]);
  }

  /** Fails with one clear sentence when this process's keys do not open this database's documents: better at the start than at the first filing. */
  async checkKeys(): Promise<void> {
    // One document for each key-encryption key that is needed.
    const rows = await this.context.db.query<{ document_id: string; wrapped_key: Buffer }>(
      "select distinct on (documents.key_id(wrapped_key)) document_id, wrapped_key from documents.head",
    );
    for (const { document_id, wrapped_key } of rows)
      await this.context.keys.unwrap(wrapped_key, keyContext(document_id)).catch((cause: unknown) => {
        throw new AppError(
          "BAD_CONFIG",
          "The key file of this data directory does not open this database's documents: bring back the keys.json that was made with it.",
          { cause },
        );
      });
  }

  /** The committed head, or null without such a document. */
  async head(documentId: string): Promise<Head | null> {
    const [row] = await this.context.db.query<Head>(
      `select h.version, h.bytes, h.tip, b.at
       from documents.head h left join documents.batch b on b.document_id = h.document_id and b.last_version = h.version
       where h.document_id = $1`,
      [documentId],
    );
    return row ?? null;
  }

  /** Why there is no head: the document was destroyed (GONE), or never was (NOT_FOUND). */
  missing(documentId: string): Promise<AppError> {
    return missingDocument(this.context.db, documentId);
  }

  /** The document at any version; at its head when none is given. */
  load(documentId: string, version?: number, sql: Sql = this.context.db): Promise<LoadedDocument> {
    return loadDocument(sql, this.context.keys, documentId, version);
  }

  /**
   * Commits one change outside a live room, trying again when someone else took the head first. Rooms that hold the document
   * learn of it from the bus. Returns the new head, or null when nothing changed. Pass the transaction that created the document as `tx`.
   */
  async edit(edit: Edit, tx?: Tx): Promise<{ version: number } | null> {
    const { bus, db } = this.context;
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const revision = await edit.authorize();
      const head = await this.load(edit.documentId, undefined, tx);
      const update = await edit.change(head);
      if (update === null) return null;
      const effective = effectiveUpdate(head.doc, update);
      if (effective === null) return null;
      this.#refuseLarge(head.doc);
      const [outcome] = await commitChanges(tx ?? db, this.ledger, {
        revision,
        action: edit.action,
        ...(edit.extra ? { extra: edit.extra } : {}),
        documents: [
          {
            documentId: edit.documentId,
            from: head.version,
            tip: head.tip,
            key: head.key,
            bindings: bindingsOf(effective, edit.by),
            changes: [{ entryId: newId(), by: edit.by, proven: true, relayed: false, update: effective }],
          },
        ],
      });
      switch (outcome?.outcome) {
        case "COMMITTED": {
          const announce = () => {
            bus.publish("document.committed", { documentId: edit.documentId, version: outcome.head });
            bus.publish("entries.appended", { actions: [edit.action] });
          };
          if (tx) tx.onCommit(announce);
          else announce();
          return { version: outcome.head };
        }
        case "CONFLICT":
        case "REVISION":
        case "CLIENT":
          continue;
        default:
          throw await this.missing(edit.documentId);
      }
    }
    throw new AppError("CONFLICT", "This document changes too quickly just now; try again in a moment.");
  }

  /** What comes by the API is held to the same limit as what is typed. */
  #refuseLarge(doc: Y.Doc): void {
    const { documentBytes } = this.context.config.limits;
    if (Y.encodeStateAsUpdate(doc).length > documentBytes)
      throw new AppError(
        "BAD_USER_INPUT",
        `This document would grow past its limit of ${documentBytes} bytes.`,
      );
  }

  /** Makes the content equal to that of `version` by a new version. Concurrent edits keep their place. */
  async restore(request: {
    documentId: string;
    version: number;
    by: By;
    authorize(): Promise<number>;
  }): Promise<{ version: number } | null> {
    return this.edit({
      documentId: request.documentId,
      by: request.by,
      action: "version.restored",
      extra: { restoredVersion: request.version },
      authorize: request.authorize,
      change: async (head) => {
        const old = await this.load(request.documentId, request.version);
        return revertTo(old.doc, head.doc);
      },
    });
  }

  /** The document at its head as it is stored. */
  read(documentId: string): Promise<StoredDocument> {
    return readDocument(this.context.db, this.context.keys, documentId);
  }

  /**
   * Stores the whole state at a version, so that loading starts there; not of a document that was destroyed meanwhile. One that stands
   * close behind another is of use until the next.
   */
  async checkpoint(
    documentId: string,
    version: number,
    key: KeyObject,
    encoded: EncodedState,
  ): Promise<void> {
    const sealed = seal(key, packState(encoded), checkpointContext(documentId, version));
    await this.context.db.query(
      `with made as (
         insert into documents.checkpoint (document_id, version, sealed, passing)
         select h.document_id, $2::bigint, $3, $2::bigint < $4::bigint or exists (
           select from documents.checkpoint k where k.document_id = $1 and k.version > $2 - $4::bigint and k.version < $2 and not k.passing
         )
         from documents.head h where h.document_id = $1 for key share
         on conflict do nothing
         returning version
       )
       delete from documents.checkpoint c using made where c.document_id = $1 and c.version < made.version and c.passing`,
      [documentId, version, sealed, CHECKPOINT_EVERY],
    );
  }

  /**
   * Destroys a document's data key, in the transaction that records it: its text is unreadable for ever, on every node, while its
   * versions, its entries and their leaves stay. A commit under way happens before or is told GONE. GONE when it was done before.
   */
  async shred(tx: Tx, documentId: string, by: By): Promise<{ version: number; at: Date }> {
    const [ended] = await tx.query<{ version: number; at: Date }>(
      "select version, at from documents.shred($1, $2)",
      [documentId, by.actorId],
    );
    if (!ended) throw await missingDocument(tx, documentId);
    await this.ledger.append(tx, {
      action: "document.shredded",
      by,
      object: { kind: "DOCUMENT", id: documentId },
      detail: { version: ended.version },
    });
    tx.onCommit(() => this.context.bus.publish("document.shredded", { documentId }));
    return ended;
  }
}

function bindingsOf(update: Uint8Array, by: By): ClientBinding[] {
  if (by.actorId === null) return [];
  const { actorId } = by;
  const { from } = Y.parseUpdateMeta(update);
  return [...from].map(([clientId, clock]) => ({ clientId, clock, userId: actorId }));
}
