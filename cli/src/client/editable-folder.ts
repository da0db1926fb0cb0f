import { AppError } from "@onrecord/core/errors";
import type { Api } from "./api.js";

interface Folder {
  readonly id: string;
  readonly permissions: readonly string[];
}
interface Connection {
  readonly edges: readonly { readonly node: Folder }[];
}

const TOP = "{ folders(first: 100) { edges { node { id permissions } } } }";
const BELOW =
  "query ($id: ID!) { folder(id: $id) { folders(first: 100) { edges { node { id permissions } } } } }";

/** The first folder, from the top down, in which the asker may edit. */
export async function firstEditableFolder(api: Api): Promise<string> {
  let level = nodes((await api.ask<{ folders: Connection }>(TOP)).folders);
  while (level.length > 0) {
    const found = level.find(({ permissions }) => permissions.includes("EDIT"));
    if (found) return found.id;
    const below: Folder[] = [];
    for (const { id } of level) {
      const { folder } = await api.ask<{ folder: { folders: Connection } | null }>(BELOW, { id });
      if (folder) below.push(...nodes(folder.folders));
    }
    level = below;
  }
  throw new AppError("FORBIDDEN", "There is no folder in which this user may edit.");
}

function nodes({ edges }: Connection): Folder[] {
  return edges.map(({ node }) => node);
}
