import type { CommitOutcome } from "@onrecord/history/store/commit";
import type { Span } from "@onrecord/telemetry/trace/span";
import type { Tracer } from "@onrecord/telemetry/trace/tracer";

/** A change whose way from its editor to its commit may be traced. */
interface TracedChange {
  readonly span?: Span | undefined;
}

/**
 * The traces of edits that meet in a group commit. It is one piece of work for all of them: it is a part of the first, and names the
 * others, which end with it.
 */
export class EditSpans {
  #commit: Span | undefined;
  readonly #edits: readonly (readonly Span[])[];

  /** The changes of each document of a commit, whose first attempt or a later one it is. */
  constructor(
    private readonly tracer: Tracer,
    documents: readonly { readonly changes: readonly TracedChange[] }[],
  ) {
    this.#edits = documents.map(({ changes }) =>
      changes.flatMap(({ span }) => (span === undefined || span.ended !== 0 ? [] : [span])),
    );
    const [first, ...others] = this.#edits.flat();
    this.#commit = tracer.below(first, "group commit", {
      attributes: {
        "onrecord.documents": documents.length,
        "onrecord.changes": documents.reduce((sum, { changes }) => sum + changes.length, 0),
      },
    });
    for (const other of others.slice(0, 20)) this.#commit?.link(other);
  }

  /** Does what sends the commit. Commits without a traced edit are part of no trace, whatever else goes on. */
  run<T>(work: () => T): T {
    return this.tracer.run(this.#commit, work);
  }

  /** The commit has ended: so do the edits that are kept, or refused; the others wait for the next. */
  ended(outcomes: readonly CommitOutcome[] | null): void {
    if (outcomes === null) this.#commit?.fail("NOT_COMMITTED");
    this.#commit?.end();
    for (const [index, edits] of this.#edits.entries()) {
      const outcome = outcomes?.[index]?.outcome;
      for (const edit of edits) {
        if (outcome === undefined) edit.fail("NOT_COMMITTED");
        else if (outcome !== "COMMITTED") {
          edit.set({ "onrecord.tried_again_after": outcome });
          if (outcome !== "GONE") continue;
          edit.fail(outcome);
        }
        edit.end();
      }
    }
  }
}
