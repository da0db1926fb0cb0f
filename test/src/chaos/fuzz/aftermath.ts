import type * as Y from "yjs";
import { becomes } from "../becomes.js";
import { checkHistory, type Tools } from "../check-history.js";
import { difference, outline } from "../outline.js";
import type { StockEditor } from "../stock-editor.js";
import type { Bystanders } from "./bystanders.js";

/** How long honest editors may take to agree, in milliseconds. */
const PATIENCE = 30_000;

/**
 * After a storm a newcomer can join and edit, and the newcomer, an editor who was there all the time, and the table have the same
 * document. Resolves with the versions that it has. Where attackers contradicted themselves the order is left open.
 */
export async function checkAttacked(
  tools: Tools,
  documentId: string,
  witness: StockEditor,
  newcomer: StockEditor,
  ordered: boolean,
): Promise<number> {
  const { faults, history } = tools;
  await becomes(() => newcomer.provider.synced || newcomer.closedFor() !== undefined);
  faults.unless(
    newcomer.provider.synced,
    `a newcomer cannot join ${documentId} after the storm (closed: ${newcomer.closedFor()})`,
  );
  faults.unless(
    witness.closedFor() === undefined,
    `an honest editor of ${documentId} was closed with ${witness.closedFor()}`,
  );
  newcomer.text.insert(0, "after the storm ");
  const of = ({ doc }: { doc: Y.Doc }) => outline(doc, ordered);
  const agreed = async () =>
    of(newcomer) === of(witness) && of(await history.load(documentId)) === of(witness);
  faults.unless(
    await becomes(agreed, PATIENCE),
    `honest editors of ${documentId} and the table differ: ${difference(of(newcomer), of(witness))}`,
  );
  const checked = await checkHistory(tools, documentId, { ordered });
  const differs = difference(of(witness), of(checked));
  faults.unless(
    differs === undefined,
    `what clients see of ${documentId} is not what the table has: ${differs}`,
  );
  return checked.versions;
}

/** Those who were not attacked agree, and have a version for each of their edits and no other. */
export async function checkBystanders(
  tools: Tools,
  documentId: string,
  bystanders: Bystanders,
): Promise<void> {
  const { faults, history } = tools;
  const {
    editors: [a, b],
    edits,
    losses,
  } = bystanders;
  const version = async () => (await history.head(documentId))?.version ?? 0;
  const counts = (versions: number) => (losses === 0 ? versions === edits : versions <= edits);
  const agreed = async () => a.text.toString() === b.text.toString() && counts(await version());
  faults.unless(
    await becomes(agreed, PATIENCE),
    `bystanders made ${edits} edits and lost their connection ${losses} times; their document is at version ${await version()}`,
  );
  const { doc } = await checkHistory(tools, documentId);
  faults.unless(
    doc.getText("content").toString() === a.text.toString(),
    "the bystanders' text is not what the table has",
  );
}
