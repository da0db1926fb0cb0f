import { AppError } from "@onrecord/core/errors";
import { defineCursor } from "@onrecord/subgraph/cursor";
import { grouped, perRequest } from "@onrecord/subgraph/loader";
import { type PageArgs, pageRequest, toConnection } from "@onrecord/subgraph/page";
import type { Connection } from "@onrecord/subgraph/relay";
import type { DocumentsContext } from "../context.js";
import { presentDocument, presentFolder } from "../present.js";
import {
  type ChildRow,
  type ChildSource,
  countChildren,
  type DocumentChild,
  documentChildren,
  type FolderChild,
  folderChildren,
  listChildren,
} from "../queries/list-children.js";
import { factsOf, fillPage } from "../queries/visible.js";
import { eachGroup } from "./each-group.js";

/** A page of the folders in a folder that the caller may see; folders with the same arguments share one read. */
export const foldersIn = childLoader<FolderChild, ReturnType<typeof presentFolder>>(
  folderChildren,
  presentFolder,
);

/** A page of the documents in a folder that the caller may see. */
export const documentsIn = childLoader<DocumentChild, ReturnType<typeof presentDocument>>(
  documentChildren,
  presentDocument,
);

function childLoader<Row extends ChildRow, Node>(source: ChildSource, present: (row: Row) => Node) {
  const cursor = defineCursor(source.table, "id", "id");
  const countIn = countLoader(source);

  const pages = async (folderIds: string[], args: PageArgs, context: DocumentsContext) => {
    const { db, guard } = context;
    const principal = guard.requirePrincipal(context.caller);
    const request = pageRequest(args, cursor);
    const [ofList, afterId = null] = request.from ?? [];
    const read = (ids: readonly string[], after: string | null) =>
      listChildren<Row>(db, source, {
        userId: principal.userId,
        folderIds: ids,
        afterId: after,
        limit: request.size + 1,
      });
    const rows = grouped(folderIds, await read(folderIds, afterId), ({ listId }) => listId);
    return Promise.all(
      rows.map(async (first, i): Promise<Connection<Node> | Error> => {
        const folderId = folderIds[i]!;
        if (ofList !== undefined && ofList !== folderId)
          return new AppError("BAD_USER_INPUT", "This cursor belongs to another folder's list.");
        const visible = (row: Row) => guard.decisions.judge(principal, "view", factsOf(row));
        const kept = await fillPage(request.size, first, visible, (id) => read([folderId], id));
        return toConnection(request, kept, {
          node: present,
          position: ({ id }) => [folderId, id] as const,
          cursor,
          count: () => countIn(context).load(folderId),
        });
      }),
    );
  };

  const loader = perRequest(
    (keys: readonly { folderId: string; args: PageArgs }[], context: DocumentsContext) =>
      eachGroup(keys, (folderIds, args) => pages(folderIds, args, context)),
    { key: (key) => JSON.stringify(key) },
  );
  return Object.assign(loader, {
    /** Forgets what was read for a context, after a change. */
    forget(context: DocumentsContext): void {
      loader(context).clearAll();
      countIn(context).clearAll();
    },
  });
}

function countLoader(source: ChildSource) {
  return perRequest(
    async (folderIds: readonly string[], { db, caller, decisions, guard }: DocumentsContext) => {
      const principal = guard.requirePrincipal(caller);
      const groups = await countChildren(db, source, { userId: principal.userId, folderIds });
      const visible = groups.filter((group) => decisions.judge(principal, "view", factsOf(group)));
      return grouped(folderIds, visible, ({ listId }) => listId).map((ofOne) =>
        ofOne.reduce((sum, { count }) => sum + count, 0),
      );
    },
  );
}
