import type { EntityManager } from "@mikro-orm/postgresql";
import { textField } from "@onrecord/filing/extensions";
import { importHtml } from "@onrecord/filing/import-html";
import { sampleFilingHtml } from "@onrecord/filing/sample";
import type { RecordedTx } from "@onrecord/ledger/ledger";
import * as Y from "yjs";
import { placeDocument } from "./commands/place-document.js";
import { placeFolder } from "./commands/place-folder.js";
import type { DocumentsServices } from "./context.js";
import { questionsForCounsel, reviewNote, settlementPaper, workingNote } from "./demo-papers.js";

/** The ids of what the demo firm keeps. */
export interface DemoDocuments {
  /** `Project Harbour`, at the top. */
  readonly project: string;
  /** The one folder below it that is meant for the consultant. */
  readonly guestFolder: string;
  /** `Settlement`, at the top. */
  readonly settlement: string;
  /** `RC-Review`, at the top, with the label of the same name. */
  readonly riskReview: string;
  /** The filing of the project. */
  readonly announcement: string;
  readonly workingNote: string;
  readonly questions: string;
  readonly settlementPaper: string;
  readonly reviewNote: string;
}

/**
 * Makes the demo firm's folders and documents in the transaction that makes the firm. Nobody signed in to write them, so the
 * record names the system as the actor, and no version has an author; `manager` is only noted as who they were made for.
 */
export async function createDemoDocuments(
  tx: RecordedTx,
  em: EntityManager,
  { history, edits }: Pick<DocumentsServices, "history" | "edits">,
  { manager }: { readonly manager: string },
): Promise<DemoDocuments> {
  const folder = async (parentId: string | null, name: string, labels: readonly string[] = []) => {
    const made = await placeFolder(tx, em, { parentId, name, labels, createdBy: manager });
    return made.id;
  };
  const document = async (folderId: string, title: string, content: Content) => {
    const { kind } = content;
    const { id } = await placeDocument(tx, em, history, { folderId, title, kind, createdBy: manager });
    await edits.commit({ documentId: id, by: tx.by, ...firstVersion(content) }, tx);
    return id;
  };

  const project = await folder(null, "Project Harbour");
  const guestFolder = await folder(project, "For external counsel");
  const settlement = await folder(null, "Settlement");
  const riskReview = await folder(null, "RC-Review", ["RC-Review"]);
  return {
    ...{ project, guestFolder, settlement, riskReview },
    announcement: await document(project, "Project Harbour: announcement", filing(sampleFilingHtml())),
    workingNote: await document(project, "Working note", text(workingNote)),
    questions: await document(guestFolder, "Questions for external counsel", text(questionsForCounsel)),
    settlementPaper: await document(
      settlement,
      "Settlement instruction: escrow deposit",
      filing(settlementPaper),
    ),
    reviewNote: await document(riskReview, "Review of Project Harbour", text(reviewNote)),
  };
}

type Content =
  | { readonly kind: "FILING"; readonly html: string }
  | { readonly kind: "TEXT"; readonly text: string };

const filing = (html: string): Content => ({ kind: "FILING", html });
const text = (text: string): Content => ({ kind: "TEXT", text });

function firstVersion(content: Content) {
  switch (content.kind) {
    case "FILING":
      return {
        action: "document.imported" as const,
        extra: { sourceBytes: Buffer.byteLength(content.html) },
        change: () => importHtml(content.html).fragmentUpdate,
      };
    case "TEXT":
      return { action: "document.edited" as const, change: () => textUpdate(content.text) };
  }
}

function textUpdate(text: string): Uint8Array {
  const doc = new Y.Doc();
  doc.getText(textField).insert(0, text);
  return Y.encodeStateAsUpdate(doc);
}
