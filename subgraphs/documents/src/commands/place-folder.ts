import { newId } from "@onrecord/core/ids";
import type { By, Ledger } from "@onrecord/ledger/ledger";
import { placeResource } from "@onrecord/policy/resources";
import type { Tx } from "@onrecord/postgres/database";
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
  tx: Tx,
  ledger: Ledger,
  by: By,
  { parentId, name, createdBy, labels = [] }: NewFolder,
): Promise<Folder> {
  const id = newId();
  const [row] = await tx.query<{ createdAt: Date }>(
    `insert into documents.folder (id, parent_id, name, created_by) values ($1, $2, $3, $4)
     returning created_at as "createdAt"`,
    [id, parentId, name, createdBy],
  );
  await placeResource(tx, { id, parentId, kind: "FOLDER", labels });
  await ledger.append(tx, {
    action: "folder.created",
    by,
    object: { kind: "FOLDER", id },
    detail: { parentId },
  });
  return presentFolder({ id, parentId, name, createdAt: row!.createdAt });
}
