import type { EntityManager } from "@mikro-orm/postgresql";
import type { By, Ledger } from "@onrecord/ledger/ledger";
import type { Tx } from "@onrecord/platform/database";
import { newId } from "@onrecord/platform/ids";
import { placeResource } from "@onrecord/policy/resources";
import { FolderEntity, type FolderRow } from "../entities/folder.js";

/** A folder to be made; `parentId` null puts it at the top. */
export interface NewFolder {
  readonly parentId: string | null;
  readonly name: string;
  readonly createdBy: string | null;
  readonly labels?: readonly string[];
}

/** Makes a folder: its row, its place among the resources, its entry on the record. */
export async function placeFolder(
  em: EntityManager,
  tx: Tx,
  ledger: Ledger,
  by: By,
  { labels = [], ...folder }: NewFolder,
): Promise<FolderRow> {
  const id = newId();
  const row = em.create(FolderEntity, { id, ...folder });
  await em.flush();
  await placeResource(tx, { id, parentId: folder.parentId, kind: "FOLDER", labels });
  await ledger.append(tx, {
    action: "folder.created",
    by,
    object: { kind: "FOLDER", id },
    detail: { parentId: folder.parentId },
  });
  return row;
}
