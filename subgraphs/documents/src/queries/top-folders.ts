import { defineCursor } from "@onrecord/subgraph/cursor";
import { type PageArgs, pageRequest, toConnection } from "@onrecord/subgraph/page";
import type { DocumentsContext } from "../context.js";
import { presentFolder } from "../present.js";
import type { FolderConnection } from "../types/connections.js";
import { allTopFolders, listTopFolders, type TopFolderRow } from "./list-top-folders.js";
import { factsOf, fillPage } from "./visible.js";

const cursor = defineCursor("top-folders", "id");

/** A page of the folders at the top of what the caller sees: of a guest's, those whose parent is hidden from them. */
export async function topFolders(
  { caller, db, decisions, guard }: DocumentsContext,
  args: PageArgs,
): Promise<FolderConnection> {
  const principal = guard.requirePrincipal(caller);
  const request = pageRequest(args, cursor);
  const sees = (facts: Parameters<typeof factsOf>[0]) => decisions.judge(principal, "view", factsOf(facts));
  const atTop = (row: TopFolderRow) => sees(row) && !(row.parentId !== null && sees(parentOf(row)));
  const read = (afterId: string | null) =>
    listTopFolders(db, { userId: principal.userId, afterId, limit: request.size + 1 });
  const kept = await fillPage(request.size, await read(request.from?.[0] ?? null), atTop, read);
  return toConnection(request, kept, {
    node: presentFolder,
    position: ({ id }) => [id] as const,
    cursor,
    count: async () => (await allTopFolders(db, principal.userId)).filter(atTop).length,
  });
}

function parentOf({ parentId, parentLabels, parentLevel }: TopFolderRow) {
  return { id: parentId!, resourceKind: "FOLDER" as const, labels: parentLabels ?? [], level: parentLevel };
}
