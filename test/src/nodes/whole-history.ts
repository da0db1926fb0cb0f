import type { AppContext } from "@onrecord/context/context";
import { History } from "@onrecord/history/store/history";
import { expect } from "vitest";
import * as Y from "yjs";

/** What the table says of a document. */
export interface Recorded {
  /** The head. */
  readonly version: number;
  readonly text: string;
  /** By clientID, how far its changes are recorded. */
  readonly clocks: ReadonlyMap<number, number>;
}

/** Reads a document from the table, and checks that its versions have no hole and exactly one entry each. */
export function readRecorded(context: AppContext, documentId: string): Promise<Recorded> {
  return context.db.transaction(async (tx) => {
    // People may still be typing: all of it is read at one moment.
    await tx.query("set transaction isolation level repeatable read");
    const versions = await tx.query<{ version: number }>(
      "select version from documents.change where document_id = $1 order by version",
      [documentId],
    );
    const dense = versions.map((_, index) => index + 1);
    expect(versions.map(({ version }) => Number(version))).toEqual(dense);
    const entries = await tx.query<{ version: number }>(
      `select (detail->>'version')::int as version from audit.entry
       where object_id = $1 and action = 'document.edited' order by 1`,
      [documentId],
    );
    expect(entries.map(({ version }) => version)).toEqual(dense);
    const history = new History(context);
    const { doc, version } = await history.load(documentId, undefined, tx);
    expect(version).toBe(versions.length);
    const clocks = Y.decodeStateVector(Y.encodeStateVector(doc));
    return { version, text: doc.getText("content").toString(), clocks };
  });
}
