import { message, readAck } from "@onrecord/collab-protocol/protocol";
import * as Y from "yjs";
import type { Faults } from "../faults.js";
import type { StockEditor } from "../stock-editor.js";

/** What the server has told one client, to be held against the table when the server is dead. */
export class Witness {
  /** What came from the server since it was last compared. */
  #received: Uint8Array[] = [];
  #acknowledged: { version: number; stateVector: Map<number, number> } | undefined;
  #acknowledgements = 0;

  constructor(
    private readonly name: string,
    { doc, provider }: StockEditor,
  ) {
    doc.on("update", (update: Uint8Array, origin: unknown) => {
      if (origin === provider) this.#received.push(update);
    });
    provider.messageHandlers[message.ack] = (_encoder, decoder) => {
      const { version, stateVector } = readAck(decoder);
      this.#acknowledged = { version, stateVector: Y.decodeStateVector(stateVector) };
      this.#acknowledgements++;
    };
    provider.messageHandlers[message.access] = () => undefined;
  }

  get acknowledgements(): number {
    return this.#acknowledgements;
  }

  /** Whatever it was told must be in the table: received means recorded, acknowledged means durable. */
  compare(table: { readonly version: number; readonly doc: Y.Doc }, when: string, faults: Faults): void {
    const stored = Y.snapshot(table.doc);
    const missing = this.#received.filter((update) => !Y.snapshotContainsUpdate(stored, update)).length;
    this.#received = [];
    faults.unless(
      missing === 0,
      `${when}: ${this.name} had received ${missing} changes that the table does not have`,
    );
    if (!this.#acknowledged) return;
    const { version, stateVector } = this.#acknowledged;
    faults.unless(
      version <= table.version,
      `${when}: ${this.name} was told of version ${version}, and the table has ${table.version}`,
    );
    for (const [client, clock] of stateVector)
      faults.unless(
        Y.getState(table.doc.store, client) >= clock,
        `${when}: ${this.name} was told that ${client} is durable to ${clock}, and the table has it to ${Y.getState(table.doc.store, client)}`,
      );
  }
}
