import { byCaller } from "@onrecord/policy/principal";
import type { DocumentsContext } from "../context.js";
import { confirm, recordingRefusal } from "./write.js";

/** Makes a document's content that of an older version, by a new version. */
export async function restoreVersion(
  context: DocumentsContext,
  { documentId, version }: { documentId: string; version: number },
): Promise<void> {
  const { edits, caller, gone } = context;
  await recordingRefusal(context, () =>
    edits.restore({
      documentId,
      version,
      by: byCaller(caller),
      gone,
      authorize: (tx) => confirm(context, tx, "edit", { kind: "DOCUMENT", id: documentId }),
    }),
  );
}
