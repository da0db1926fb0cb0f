import { Args, Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { DocumentsContext } from "../context.js";
import { documentsIn, foldersIn } from "../loaders/children.js";
import { visibleFolder } from "../loaders/folders.js";
import { DocumentConnection, FolderConnection } from "../types/connections.js";
import { Folder } from "../types/folder.js";
import { ForwardArgs } from "../types/page-args.js";

/** What a folder leads to. */
@Resolver(() => Folder)
export class FolderFields {
  @FieldResolver(() => Folder, {
    nullable: true,
    description: "Null at the top, and where you may not see it.",
  })
  async parent(@Root() { parentId }: Folder, @Ctx() context: DocumentsContext): Promise<Folder | null> {
    return parentId === null ? null : visibleFolder(context, parentId);
  }

  @FieldResolver(() => FolderConnection)
  folders(
    @Root() { id }: Folder,
    @Args(() => ForwardArgs) args: ForwardArgs,
    @Ctx() context: DocumentsContext,
  ): Promise<FolderConnection> {
    return foldersIn(context).load({ folderId: id, args });
  }

  @FieldResolver(() => DocumentConnection)
  documents(
    @Root() { id }: Folder,
    @Args(() => ForwardArgs) args: ForwardArgs,
    @Ctx() context: DocumentsContext,
  ): Promise<DocumentConnection> {
    return documentsIn(context).load({ folderId: id, args });
  }
}
