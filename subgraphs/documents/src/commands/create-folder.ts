import { concludeChange } from "@onrecord/policy/change";
import { FIRM_ID } from "@onrecord/policy/levels";
import { grantCreator } from "@onrecord/policy/resources";
import type { DocumentsContext } from "../context.js";
import type { Folder } from "../types/folder.js";
import { placeFolder } from "./place-folder.js";
import { confirm, decideAgain, write } from "./write.js";

/** Makes a folder. Whoever opens one at the top manages it; below another it inherits who may do what. */
export function createFolder(
  context: DocumentsContext,
  { parentId, name }: { parentId: string | null; name: string },
): Promise<Folder> {
  const { guard, ledger, bus } = context;
  const { userId } = guard.requirePrincipal(context.caller);
  return write(context, async (tx, em) => {
    const folder = await placeFolder(tx, em, { parentId, name, createdBy: userId });
    if (parentId !== null) await confirm(context, tx, "edit", { kind: "FOLDER", id: parentId });
    else {
      await grantCreator(tx, ledger, { by: tx.by, userId, folderId: folder.id });
      await concludeChange(tx, bus);
      await decideAgain(context, tx, "createTopFolder", { kind: "FIRM", id: FIRM_ID });
    }
    return folder;
  });
}
