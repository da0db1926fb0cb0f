import type { EntityManager } from "@mikro-orm/postgresql";
import { newId } from "@onrecord/core/ids";
import type { RecordedTx } from "@onrecord/ledger/ledger";
import { placeResource } from "@onrecord/policy/resources";
import { FolderEntity } from "../entities/folder.js";
import { presentFolder } from "../present.js";
import type { Folder } from "../types/folder.js";

/** A folder to be made; `parentId` null puts it at the top. */
export interface NewFolder {
  readonly parentId: string | null;
  readonly name: string;
  readonly createdBy: string | null;
  readonly labels?: readonly string[];
}

/** Makes a folder: its row, its place among the resources, its entry on the record. */
export async function placeFolder(
  tx: RecordedTx,
  em: EntityManager,
  { parentId, name, createdBy, labels = [] }: NewFolder,
): Promise<Folder> {
  const id = newId();
  const row = em.create(FolderEntity, { id, parentId, name, createdBy });
  await em.flush();
  await placeResource(tx, { id, parentId, kind: "FOLDER", labels });
  await tx.append({
    action: "folder.created",
    object: { kind: "FOLDER", id },
    detail: { parentId },
  });
  return presentFolder(row);
}
