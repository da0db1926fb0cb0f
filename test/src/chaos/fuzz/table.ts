import { createSecretKey, type KeyObject } from "node:crypto";
import { applyCommitted } from "@onrecord/history/store/apply-committed";
import type { ClientBinding, CommitOutcome, DocumentChanges } from "@onrecord/history/store/commit";
import { contentDigest } from "@onrecord/history/store/content-digest";
import { type EncodedState, encodeState } from "@onrecord/history/store/encoded-state";
import type { Gap } from "@onrecord/history/store/history";
import type { LoadedDocument, StoredDocument } from "@onrecord/history/store/load";
import * as Y from "yjs";

const AT = new Date(0);

interface Version {
  readonly update: Uint8Array;
  readonly entryId: string;
}

/** What the database keeps of one document, in memory: the same rules for who is first, without a clock. */
export class Table {
  readonly key: KeyObject = createSecretKey(new Uint8Array(32));
  readonly bindings: ClientBinding[] = [];
  readonly checkpoints = new Map<number, EncodedState>();
  readonly #versions: Version[] = [];

  get head(): number {
    return this.#versions.length;
  }

  /** Commits what builds on the head. */
  commit({ from, tip, changes, bindings }: DocumentChanges): CommitOutcome {
    const outcome = this.#outcomeOf(from, tip, bindings);
    if (outcome === "COMMITTED") {
      this.#versions.push(...changes);
      this.bindings.push(...bindings);
    }
    return { outcome, head: this.head, at: AT };
  }

  #outcomeOf(
    from: number,
    tip: string | null,
    bindings: DocumentChanges["bindings"],
  ): CommitOutcome["outcome"] {
    if (from !== this.head || tip !== this.#tipAt(from)) return "CONFLICT";
    const taken = bindings.some(({ clientId, userId }) =>
      this.bindings.some(
        (other) =>
          userId !== null && other.clientId === clientId && other.userId !== null && other.userId !== userId,
      ),
    );
    return taken ? "CLIENT" : "COMMITTED";
  }

  since(after: number): Gap {
    return { updates: this.updates(after), tip: this.#tipAt(this.head), at: AT };
  }

  /** The changes of the versions `after + 1 … upTo`. */
  updates(after = 0, upTo = this.head): Uint8Array[] {
    return this.#versions.slice(after, upTo).map(({ update }) => update);
  }

  /** The document as its changes make it one by one. */
  replay(version = this.head): Y.Doc {
    const doc = new Y.Doc();
    for (const update of this.updates(0, version)) applyCommitted(doc, update);
    return doc;
  }

  /** The document as it is loaded: from the newest checkpoint below. */
  load(version = this.head): LoadedDocument {
    const { encoded, from } = this.#start(version);
    const doc = new Y.Doc();
    if (encoded) applyCommitted(doc, encoded.state);
    for (const update of this.updates(from, version)) applyCommitted(doc, update);
    return { ...this.#at(version, from), doc };
  }

  /** As a room reads it. */
  read(): StoredDocument {
    const { encoded, from } = this.#start(this.head);
    return {
      ...this.#at(this.head, from),
      encoded: encoded ?? encodeState(new Y.Doc()),
      later: this.updates(from),
    };
  }

  /** Keeps a state if it is what the record makes of it, as the product does; tells what it is. */
  store(version: number, held: readonly Uint8Array[]): "SAME" | "ORDER" | "STATE" {
    const made = (updates: readonly Uint8Array[]) => {
      const doc = new Y.Doc();
      for (const update of updates) applyCommitted(doc, update);
      return doc;
    };
    const wanted = this.load(version).doc;
    const found = made(held);
    if (contentDigest(found) === contentDigest(wanted)) {
      this.checkpoints.set(version, encodeState(found));
      return "SAME";
    }
    return contentDigest(made([Y.encodeStateAsUpdate(wanted)])) === contentDigest(found) ? "ORDER" : "STATE";
  }

  #start(version: number): { readonly encoded: EncodedState | undefined; readonly from: number } {
    const from = Math.max(0, ...[...this.checkpoints.keys()].filter((at) => at <= version));
    return { encoded: this.checkpoints.get(from), from };
  }

  #at(version: number, from: number): Omit<LoadedDocument, "doc"> {
    return { version, committedAt: AT, tip: this.#tipAt(version), replayed: version - from, key: this.key };
  }

  #tipAt(version: number): string | null {
    return this.#versions[version - 1]?.entryId ?? null;
  }
}
