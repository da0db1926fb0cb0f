import { byCaller } from "@onrecord/policy/principal";
import type { DocumentsContext } from "../context.js";
import { forget } from "../loaders/forget.js";

/** Makes a document's content that of an older version, by a new version. */
export async function restoreVersion(
  context: DocumentsContext,
  { documentId, version }: { documentId: string; version: number },
): Promise<void> {
  const { caller, history, guard } = context;
  await history.restore({
    documentId,
    version,
    by: byCaller(caller),
    authorize: async () => {
      const decision = await guard.authorize(caller, "edit", { kind: "DOCUMENT", id: documentId });
      return decision.revision;
    },
  });
  forget(context);
}
