import { checkName } from "@onrecord/core/names";
import { Arg, Args, Ctx, ID, Mutation, Query, Resolver } from "type-graphql";
import { authorizeFolder } from "../authorize.js";
import { createFolder } from "../commands/create-folder.js";
import type { DocumentsContext } from "../context.js";
import { topFolders } from "../queries/top-folders.js";
import { FolderConnection } from "../types/connections.js";
import { Folder } from "../types/folder.js";
import { CreateFolderInput } from "../types/inputs.js";
import { ForwardArgs } from "../types/page-args.js";

/** Folders: asked for and made. */
@Resolver()
export class FolderQueries {
  @Query(() => Folder, { nullable: true })
  folder(@Arg("id", () => ID) id: string, @Ctx() context: DocumentsContext): Promise<Folder> {
    return authorizeFolder(context, "view", id);
  }

  @Query(() => FolderConnection, { description: "The top level of what you may see." })
  folders(
    @Args(() => ForwardArgs) args: ForwardArgs,
    @Ctx() context: DocumentsContext,
  ): Promise<FolderConnection> {
    return topFolders(context, args);
  }

  @Mutation(() => Folder)
  async createFolder(
    @Arg("input", () => CreateFolderInput) input: CreateFolderInput,
    @Ctx() context: DocumentsContext,
  ): Promise<Folder> {
    const parentId = input.parentId ?? null;
    if (parentId === null) await context.guard.authorizeFirm(context.caller, "createTopFolder");
    else await authorizeFolder(context, "edit", parentId);
    return createFolder(context, { parentId, name: checkName(input.name, "The name") });
  }
}
