import type { AppContext } from "@onrecord/context/context";
import { newId } from "@onrecord/core/ids";
import { placeResource } from "@onrecord/policy/resources";
import { History } from "../store/history.js";

/** Makes an empty document in a folder of its own, without any subgraph. Returns its id. */
export async function addDocument(context: AppContext, kind: "TEXT" | "FILING" = "TEXT"): Promise<string> {
  const folder = newId();
  const document = newId();
  await context.db.transaction(async (tx) => {
    await tx.query("insert into documents.folder (id, name) values ($1, 'A folder')", [folder]);
    await placeResource(tx, { id: folder, parentId: null, kind: "FOLDER" });
    await tx.query(
      "insert into documents.document (id, folder_id, title, kind) values ($1, $2, 'A document', $3)",
      [document, folder, kind],
    );
    await placeResource(tx, { id: document, parentId: folder, kind: "DOCUMENT" });
    await new History(context).create(tx, document);
  });
  return document;
}
