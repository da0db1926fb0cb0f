import { type KeyObject, randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { AppContext } from "@onrecord/context/context";
import { AppError } from "@onrecord/core/errors";
import { newId } from "@onrecord/core/ids";
import { seal } from "@onrecord/keys/vault";
import type { By } from "@onrecord/ledger/ledger";
import type { Sql, Tx } from "@onrecord/postgres/database";
import * as Y from "yjs";
import { applyCommitted } from "./apply-committed.js";
import { type ClientBinding, commitChanges, type GroupCommit } from "./commit.js";
import { effectiveUpdate, lacking } from "./effective-update.js";
import { type EncodedState, packState } from "./encoded-state.js";
import {
  checkpointContext,
  keyContext,
  type LoadedDocument,
  loadDocument,
  readChanges,
  readDocument,
  type StoredDocument,
} from "./load.js";
import { showsTheSame } from "./plain-content.js";
import { revertTo } from "./restore.js";
import { missingDocument } from "./shredded.js";

/**
 * Checkpoints that stay are at least so many versions apart. What a load at any version replays is at most about twice as much, or what
 * was written within a second.
 */
export const CHECKPOINT_EVERY = 500;

/** How often an edit that lost the race for a head is tried again before it gives up, and how long it pauses between, in milliseconds. */
const TRIES = 30;
const LONGEST_PAUSE = 100;

/** A change made outside a live room: an import, a restore. */
export interface Edit {
  readonly documentId: string;
  readonly by: By;
  readonly action: GroupCommit["action"];
  readonly extra?: Readonly<Record<string, unknown>>;
  /** Decides anew on each try and returns the permission revision it decided at. */
  authorize(): Promise<number>;
  /** The update that turns the document at its head into what is wanted, or null for nothing. Asked again only if its clientID is taken. */
  change(head: LoadedDocument): Promise<Uint8Array | null> | Uint8Array | null;
  /** Throws if the document, as the change leaves it, is not what was wanted: then nothing is committed. */
  check?(result: Y.Doc): void;
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

/** What was committed after a version, in order, and the entry and time of the newest. */
export interface Gap extends Pick<Head, "tip" | "at"> {
  readonly updates: readonly Uint8Array[];
}

/** A change that is to be the next version of a document, which is without it: what it changes, and how many bytes are left then, at least. */
interface Draft extends LoadedDocument {
  readonly update: Uint8Array;
  readonly room: number;
}

/** A document's versions: made, loaded, added to, restored. Never rewritten. */
export class History {
  constructor(private readonly context: Pick<AppContext, "db" | "keys" | "bus" | "config" | "ledger">) {}

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
  async head(documentId: string, sql: Sql = this.context.db): Promise<Head | null> {
    const [row] = await sql.query<Head>(
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

  /** What was committed after version `after`, and where the document stands with it. NOT_FOUND or GONE without such a document. */
  async since(documentId: string, key: KeyObject, after: number, sql: Sql = this.context.db): Promise<Gap> {
    const head = await this.head(documentId, sql);
    if (!head) throw await missingDocument(sql, documentId);
    const updates: Uint8Array[] = [];
    for await (const { update } of readChanges(sql, key, documentId, after, head.version))
      updates.push(update);
    return { updates, tip: head.tip, at: head.at };
  }

  /**
   * Commits one change outside a live room. Where others commit first, it is put on top of what they wrote, as concurrent edits are:
   * however large the document is and however fast people type, it need not be made again. Rooms that hold the document learn of it from
   * the bus. Returns the new head, or null when nothing changed. Pass the transaction that created the document as `tx`.
   */
  async edit(edit: Edit, tx?: Tx): Promise<{ version: number } | null> {
    const { documentId, by, action, extra } = edit;
    const sql = tx ?? this.context.db;
    let draft: Draft | null | undefined;
    for (let attempt = 0; attempt < TRIES; attempt++) {
      if (attempt > 0) await pause(attempt);
      const revision = await edit.authorize();
      draft ??= await this.#draft(edit, sql);
      if (draft === null) return null;
      const { version, tip, key, update } = draft;
      const bindings = bindingsOf(update, by);
      const changes = [{ entryId: newId(), by, proven: true, relayed: false, update }];
      const [outcome] = await commitChanges(sql, this.context.ledger, {
        revision,
        action,
        ...(extra ? { extra } : {}),
        documents: [{ documentId, from: version, tip, key, bindings, changes }],
      });
      switch (outcome?.outcome) {
        case "COMMITTED":
          this.#announce(documentId, outcome.head, action, tx);
          return { version: outcome.head };
        case "CONFLICT":
          draft = await this.#rebase(documentId, draft, sql);
          if (draft === null) return null;
          break;
        case "CLIENT":
          // The clientID that it was made with is somebody else's now.
          draft = undefined;
          break;
        case "REVISION":
          break;
        default:
          throw await this.missing(documentId);
      }
    }
    throw new AppError("CONFLICT", "This document changes too quickly just now; try again in a moment.");
  }

  async #draft(edit: Edit, sql: Sql): Promise<Draft | null> {
    const head = await this.load(edit.documentId, undefined, sql);
    const wanted = await edit.change(head);
    const tried = wanted && this.#try(head.doc, wanted, edit);
    if (tried === null) edit.check?.(head.doc);
    return tried && { ...head, ...tried };
  }

  /** A draft on top of what was committed since it was made; null when nothing is left of it. */
  async #rebase(documentId: string, draft: Draft, sql: Sql): Promise<Draft | null> {
    const { key, version, doc } = draft;
    const { updates, tip } = await this.since(documentId, key, version, sql);
    for (const update of updates) applyCommitted(doc, update);
    const update = lacking(doc, draft.update);
    if (update === null) return null;
    const left = updates.reduce((sum, { length }) => sum - length, draft.room);
    const room = left < 0 ? this.#try(doc, update)!.room : left;
    return { ...draft, version: version + updates.length, tip, update, room };
  }

  #announce(documentId: string, version: number, action: GroupCommit["action"], tx?: Tx): void {
    const { bus } = this.context;
    const announce = () => {
      bus.publish("document.committed", { documentId, version });
      bus.publish("entries.appended", { actions: [action] });
    };
    if (tx) tx.onCommit(announce);
    else announce();
  }

  /** What an update changes in a copy of a document, and how many bytes are left then: what comes by the API is held to the same limit as what is typed. */
  #try(doc: Y.Doc, wanted: Uint8Array, edit?: Edit): Pick<Draft, "update" | "room"> | null {
    const copy = new Y.Doc();
    applyCommitted(copy, Y.encodeStateAsUpdate(doc));
    const update = effectiveUpdate(copy, wanted);
    if (update === null) return null;
    edit?.check?.(copy);
    const { documentBytes } = this.context.config.limits;
    const room = documentBytes - Y.encodeStateAsUpdate(copy).length;
    if (room >= 0) return { update, room };
    throw new AppError(
      "BAD_USER_INPUT",
      `This document would grow past its limit of ${documentBytes} bytes.`,
    );
  }

  /** Makes the content equal to that of `version` by a new version, or fails with CONFLICT and changes nothing. Concurrent edits keep their place. */
  async restore(request: {
    documentId: string;
    version: number;
    by: By;
    authorize(): Promise<number>;
  }): Promise<{ version: number } | null> {
    let old: Y.Doc | undefined;
    return this.edit({
      documentId: request.documentId,
      by: request.by,
      action: "version.restored",
      extra: { restoredVersion: request.version },
      authorize: request.authorize,
      change: async (head) => {
        old = (await this.load(request.documentId, request.version)).doc;
        return revertTo(old, head.doc);
      },
      check: (result) => {
        if (old && !showsTheSame(old, result))
          throw new AppError(
            "CONFLICT",
            `Version ${request.version} cannot be brought back exactly as it was, so nothing was changed.`,
          );
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
    await this.context.ledger.append(tx, {
      action: "document.shredded",
      by,
      object: { kind: "DOCUMENT", id: documentId },
      detail: { version: ended.version },
    });
    tx.onCommit(() => this.context.bus.publish("document.shredded", { documentId }));
    return ended;
  }
}

/** For longer the more often the race was lost, and for a different time than the others that lost it. */
function pause(attempt: number): Promise<void> {
  return delay(Math.random() * Math.min(2 ** attempt, LONGEST_PAUSE));
}

function bindingsOf(update: Uint8Array, by: By): ClientBinding[] {
  if (by.actorId === null) return [];
  const { actorId } = by;
  const { from } = Y.parseUpdateMeta(update);
  return [...from].map(([clientId, clock]) => ({ clientId, clock, userId: actorId }));
}
