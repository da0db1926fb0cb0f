import { setTimeout as delay } from "node:timers/promises";
import type { AppContext } from "@onrecord/context/context";
import { AppError } from "@onrecord/core/errors";
import { newId } from "@onrecord/core/ids";
import type { By } from "@onrecord/ledger/ledger";
import type { Sql, Tx } from "@onrecord/postgres/database";
import * as Y from "yjs";
import { INLINE, type Reader, type ReadingThreads } from "../reading/reading-threads.js";
import { type ClientBinding, type CommitOutcome, commitChanges, type GroupCommit } from "../store/commit.js";
import type { History } from "../store/history.js";
import type { MostReplayed, Replay } from "../store/load.js";
import { madeOf } from "../store/made.js";
import { type Draft, type DraftedEdit, draftElsewhere, draftOf, rebased } from "./draft.js";
import { revert } from "./reverted.js";

/** How often an edit that lost the race for a head is tried again before it gives up, and how long it pauses between, in milliseconds. */
const TRIES = 30;
const LONGEST_PAUSE = 100;

/** A change made outside a live room: an import, a restore. */
export interface Edit extends DraftedEdit {
  readonly documentId: string;
  readonly by: By;
  readonly action: GroupCommit["action"];
  readonly extra?: Readonly<Record<string, unknown>>;
  /**
   * Decides, in the transaction of the commit and before it locks anything of the document, whether it may be made; throws if not. It
   * holds changes of rights back meanwhile. Left out where Onrecord itself writes.
   */
  authorize?(tx: Tx): Promise<unknown>;
}

/** What is told of an edit when it is committed. */
type Committed = Omit<Edit, keyof DraftedEdit> & Pick<Edit, "whole">;

const EVERYTHING = { changes: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY };

/** Adds to documents' versions what does not come from a live room. */
export class Edits {
  constructor(
    private readonly context: Pick<AppContext, "db" | "bus" | "config" | "ledger">,
    private readonly history: History,
    private readonly threads?: ReadingThreads,
  ) {}

  get #documentBytes(): number {
    return this.context.config.limits.documentBytes;
  }

  /**
   * Commits one change outside a live room. Where others commit first, it is put on top of what they wrote, as concurrent edits are:
   * however large the document is and however fast people type, it need not be made again. Rooms that hold the document learn of it from
   * the bus. Returns the new head, or null when nothing changed. Pass the transaction that created the document as `tx`.
   */
  async commit(edit: Edit, tx?: Tx): Promise<{ version: number } | null> {
    const sql = tx ?? this.context.db;
    const draft = async () => {
      const head = await this.history.load(edit.documentId, undefined, sql);
      return draftOf(head, edit, this.#documentBytes);
    };
    return this.#commitDrafts(edit, draft, tx);
  }

  async #commitDrafts(
    edit: Committed,
    make: () => Promise<Draft | null>,
    tx?: Tx,
  ): Promise<{ version: number } | null> {
    const { documentId } = edit;
    const sql = tx ?? this.context.db;
    let draft: Draft | null | undefined;
    for (let attempt = 0; attempt < TRIES; attempt++) {
      if (attempt > 0) await pause(attempt);
      draft ??= await make();
      if (draft === null) return null;
      const made = draft;
      const outcome = await (tx
        ? this.#commit(edit, made, tx)
        : this.context.ledger.transaction(edit.by, (alone) => this.#commit(edit, made, alone)));
      switch (outcome?.outcome) {
        case "COMMITTED":
          return { version: outcome.head };
        case "CONFLICT":
          draft = await this.#rebase(documentId, made, sql);
          if (draft === null) return null;
          break;
        case "CLIENT":
          // The clientID that it was made with is somebody else's now.
          draft = undefined;
          break;
        default:
          throw await this.history.missing(documentId);
      }
    }
    throw new AppError("CONFLICT", "This document changes too quickly just now; try again in a moment.");
  }

  /**
   * Makes the content equal to that of `version` by a new version, or fails with CONFLICT and changes nothing. Concurrent edits keep their
   * place. What it takes is found on a reading thread, if there are any, where the document is large.
   */
  async restore(request: {
    readonly documentId: string;
    readonly version: number;
    readonly by: By;
    readonly authorize?: NonNullable<Edit["authorize"]>;
    readonly gone?: AbortSignal | undefined;
  }): Promise<{ version: number } | null> {
    const { documentId, version, by, authorize, gone } = request;
    return this.#commitDrafts(
      {
        documentId,
        by,
        action: "version.restored",
        extra: { restoredVersion: version },
        ...(authorize ? { authorize } : {}),
      },
      async () => {
        const found = await this.#reverted(documentId, version, { person: by.actorId ?? "", gone });
        return found.reverted && draftElsewhere(found.head, found.reverted, this.#documentBytes);
      },
    );
  }

  async #reverted(documentId: string, version: number, reader: Reader) {
    const read = async (most: MostReplayed) => {
      const head = await this.history.replay(documentId, undefined, most);
      const old = head && (await this.history.replay(documentId, version, most));
      return head && old && { head, question: { version, old: madeOf(old), head: madeOf(head) } };
    };
    const here = await read(this.threads ? INLINE : EVERYTHING);
    if (here) return { head: here.head, reverted: revert(here.question) };
    let head: Replay | undefined;
    const { reverted } = await this.threads!.ask("revert", reader, async () => {
      const all = (await read(EVERYTHING))!;
      head = all.head;
      return { kind: "revert", question: all.question };
    });
    return { head: head!, reverted };
  }

  async #commit(edit: Committed, draft: Draft, tx: Tx): Promise<CommitOutcome | undefined> {
    const { documentId, by, action, extra, whole } = edit;
    await edit.authorize?.(tx);
    const { version, tip, key, update } = draft;
    const bindings = bindingsOf(draft, by, whole);
    const changes = [{ entryId: newId(), by, right: null, proven: true, relayed: false, update }];
    const [outcome] = await commitChanges(tx, this.context.ledger, {
      action,
      ...(extra ? { extra } : {}),
      documents: [{ documentId, from: version, tip, key, bindings, changes }],
    });
    if (outcome?.outcome === "COMMITTED") this.#announce(documentId, outcome.head, action, tx);
    return outcome;
  }

  /** Undefined: it has to be made anew. */
  async #rebase(documentId: string, draft: Draft, sql: Sql): Promise<Draft | null | undefined> {
    const gap = await this.history.since(documentId, draft.key, draft.version, sql);
    const next = rebased(draft, gap, this.#documentBytes);
    return next === "again" ? undefined : next;
  }

  #announce(documentId: string, version: number, action: GroupCommit["action"], tx: Tx): void {
    const { bus } = this.context;
    tx.onCommit(() => {
      bus.publish("document.committed", { documentId, version });
      bus.publish("entries.appended", { actions: [action] });
    });
  }
}

/** For longer the more often the race was lost, and for a different time than the others that lost it. */
function pause(attempt: number): Promise<void> {
  return delay(Math.random() * Math.min(2 ** attempt, LONGEST_PAUSE));
}

function bindingsOf(draft: Draft, by: By, whole: Edit["whole"]): ClientBinding[] {
  if (by.actorId === null) return [];
  const { actorId } = by;
  if (whole) return [{ clientId: whole.clientId, clock: 0, userId: actorId }];
  const { from = Y.parseUpdateMeta(draft.update).from } = draft;
  return [...from].map(([clientId, clock]) => ({ clientId, clock, userId: actorId }));
}
