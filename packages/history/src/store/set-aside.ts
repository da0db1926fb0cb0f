import type { AppContext } from "@onrecord/context/context";
import { newId } from "@onrecord/core/ids";
import { bySystem } from "@onrecord/ledger/ledger";
import type { UnusableState } from "./opened-start.js";

/** Thrown inside the transaction, so that nothing of it is kept: another node has told of it. */
class ToldAlready extends Error {}

/** Sets states aside that did not open: each once, on the record and in the log. Nobody waits for that. */
export class SetAside {
  readonly #underWay = new Set<string>();

  constructor(private readonly context: Pick<AppContext, "ledger" | "log">) {}

  readonly told = (state: UnusableState): void => {
    const { documentId, version, cause: err } = state;
    const name = `${documentId} ${version}`;
    if (this.#underWay.has(name)) return;
    this.#underWay.add(name);
    this.context.log.error(
      { documentId, version, err },
      "a stored state does not open: the document is made from the versions on the record, and the next state replaces it",
    );
    this.#record(state)
      .catch((err: unknown) => {
        // Whoever loads it next tells of it again.
        if (!(err instanceof ToldAlready))
          this.context.log.warn({ documentId, version, err }, "that could not be recorded");
      })
      .finally(() => this.#underWay.delete(name));
  };

  async #record({ documentId, version }: UnusableState): Promise<void> {
    await this.context.ledger.transaction(bySystem(newId()), async (tx) => {
      const object = { kind: "DOCUMENT", id: documentId } as const;
      await tx.append({ action: "document.state-unusable", object, detail: { version } });
      const [row] = await tx.query<{ done: boolean }>(
        "select documents.set_checkpoint_aside($1, $2) as done",
        [documentId, version],
      );
      if (!row?.done) throw new ToldAlready();
    });
  }
}
