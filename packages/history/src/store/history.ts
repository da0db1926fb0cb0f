import type { KeyObject } from "node:crypto";
import type { AppContext } from "@onrecord/context/context";
import type { AppError } from "@onrecord/core/errors";
import { Lane } from "@onrecord/core/lane";
import type { By } from "@onrecord/ledger/ledger";
import type { Sql, Tx } from "@onrecord/postgres/database";
import { wrapNewDataKey } from "../keys/data-key.js";
import { writeCheckpoint } from "./checkpoint.js";
import type { EncodedState } from "./encoded-state.js";
import { type Head, readHead } from "./heads.js";
import {
  type LoadedDocument,
  loadDocument,
  type MostReplayed,
  type Replay,
  readChanges,
  readDocument,
  readReplay,
  type StoredDocument,
} from "./load.js";
import { SetAside } from "./set-aside.js";
import { missingDocument } from "./shredded.js";

/** What was committed after a version, in order, and the entry and time of the newest. */
export interface Gap extends Pick<Head, "tip" | "at"> {
  readonly updates: readonly Uint8Array[];
}

/** Where a document ended, and when. */
interface Ended {
  readonly version: number;
  readonly at: Date;
}

/** A document's versions as they are kept: begun, read, ended. `Edits` and the live rooms add to them; nothing rewrites them. */
export class History {
  /** What is made of documents here, however many at once, is made in slices, one after the other. */
  readonly lane = new Lane();
  readonly #aside: SetAside;

  constructor(private readonly context: Pick<AppContext, "db" | "keys" | "bus" | "ledger" | "log">) {
    this.#aside = new SetAside(context);
  }

  /** Gives a new document its head at version 0 and a data key of its own, in the transaction that creates it. */
  async create(tx: Tx, documentId: string): Promise<void> {
    // Until this commits, the key that wraps it cannot be retired.
    await tx.query("select pg_advisory_xact_lock_shared(documents.key_lock())");
    const wrapped = await wrapNewDataKey(this.context.keys, documentId);
    await tx.query("insert into documents.head (document_id, wrapped_key) values ($1, $2)", [
      documentId,
      wrapped,
    ]);
  }

  /** The committed head, or null without such a document. */
  head(documentId: string, sql: Sql = this.context.db): Promise<Head | null> {
    return readHead(sql, documentId);
  }

  /** Why there is no head: the document was destroyed (GONE), or never was (NOT_FOUND). */
  missing(documentId: string): Promise<AppError> {
    return missingDocument(this.context.db, documentId);
  }

  /** The document at any version; at its head when none is given. */
  load(documentId: string, version?: number, sql: Sql = this.context.db): Promise<LoadedDocument> {
    return loadDocument(sql, this.context.keys, documentId, version, this.lane, this.#aside.told);
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

  /** The document at its head as it is stored. */
  read(documentId: string): Promise<StoredDocument> {
    return readDocument(this.context.db, this.context.keys, documentId, this.lane, this.#aside.told);
  }

  /** What a load at a version would apply: see `readReplay`. */
  replay(documentId: string, version: number | undefined, most: MostReplayed): Promise<Replay | null> {
    return readReplay(
      this.context.db,
      this.context.keys,
      documentId,
      version,
      most,
      this.lane,
      this.#aside.told,
    );
  }

  /** Stores the whole state at a version: see `writeCheckpoint`. */
  checkpoint(documentId: string, version: number, key: KeyObject, encoded: EncodedState): Promise<void> {
    return writeCheckpoint(this.context.db, key, documentId, version, encoded);
  }

  /**
   * Destroys a document's data key, in the transaction that records it: its text is unreadable for ever, on every node, while its
   * versions, its entries and their leaves stay. A commit under way happens before or is told GONE. GONE when it was done before. The
   * database itself asks that the session lives, is an administrator's or compliance's, and manages the document.
   */
  async shred(tx: Tx, documentId: string, by: By): Promise<Ended> {
    // Without a session it is Onrecord itself, which no service's login may be.
    const [ended] =
      by.sessionId === null
        ? await tx.query<Ended>("select version, at from documents.shred($1, null)", [documentId])
        : await tx.query<Ended>("select version, at from documents.destroy($1, $2)", [
            documentId,
            by.sessionId,
          ]);
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
