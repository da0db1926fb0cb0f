import type { SittingAction } from "@onrecord/ledger/events/sitting";
import { byCaller } from "@onrecord/policy/principal";
import { perRequest } from "@onrecord/subgraph/loader";
import type { DocumentsContext } from "../context.js";

/** Puts on the record what the caller is told of documents: their titles and what else lists say, in one statement, folded. */
export const documentListed = listed("document.listed", "DOCUMENT");

/** The same of folders. */
export const folderListed = listed("folder.listed", "FOLDER");

/** The same of the versions of documents. */
export const versionListed = listed("version.listed", "DOCUMENT");

function listed(action: SittingAction, kind: "DOCUMENT" | "FOLDER") {
  return perRequest<string, boolean, DocumentsContext>(async (ids, { caller, ledger }) => {
    await ledger.sittings.record(
      action,
      byCaller(caller),
      ids.map((id) => ({ kind, id })),
    );
    return ids.map(() => true);
  });
}
