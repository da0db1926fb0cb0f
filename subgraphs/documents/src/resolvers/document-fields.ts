import { AppError } from "@onrecord/platform/errors";
import { GraphQLDateTime } from "graphql-scalars";
import { Arg, Args, Ctx, FieldResolver, Int, Resolver, Root } from "type-graphql";
import { openDocument } from "../commands/open-document.js";
import type { DocumentsContext } from "../context.js";
import { headVersion, shreddedAt } from "../loaders/documents.js";
import { visibleFolder } from "../loaders/folders.js";
import { versionsOf } from "../loaders/versions.js";
import { VersionConnection } from "../types/connections.js";
import { Document } from "../types/document.js";
import { ContentFormat } from "../types/enums.js";
import { Folder } from "../types/folder.js";
import { BothWaysArgs } from "../types/page-args.js";
import { UserReference } from "../types/references.js";

/** What a document leads to. */
@Resolver(() => Document)
export class DocumentFields {
  @FieldResolver(() => Folder)
  async folder(@Root() { folderId }: Document, @Ctx() context: DocumentsContext): Promise<Folder> {
    const folder = await visibleFolder(context, folderId);
    if (folder) return folder;
    throw new AppError("NOT_FOUND", "There is no such folder, or you may not know of it.");
  }

  @FieldResolver(() => Int, { description: "The committed head, or where it ended." })
  version(@Root() { id }: Document, @Ctx() context: DocumentsContext): Promise<number> {
    return headVersion(context).load(id);
  }

  @FieldResolver(() => GraphQLDateTime, {
    nullable: true,
    description:
      "When its key was destroyed: from then on its content is GONE, while its versions and its trail remain.",
  })
  shreddedAt(@Root() { id }: Document, @Ctx() context: DocumentsContext): Promise<Date | null> {
    return shreddedAt(context).load(id);
  }

  @FieldResolver(() => UserReference, { nullable: true })
  createdBy(@Root() { createdBy }: Document): UserReference | null {
    return createdBy === null ? null : { id: createdBy };
  }

  @FieldResolver(() => String, { description: "Reading it is on the record." })
  content(
    @Root() document: Document,
    @Arg("version", () => Int, { nullable: true }) version: number | null | undefined,
    @Arg("format", () => ContentFormat, { defaultValue: ContentFormat.TEXT }) format: ContentFormat,
    @Ctx() context: DocumentsContext,
  ): Promise<string> {
    return openDocument(context, document, { version: version ?? undefined, format });
  }

  @FieldResolver(() => VersionConnection, { description: "Ascending by number; `last` gives the newest." })
  versions(
    @Root() { id }: Document,
    @Args(() => BothWaysArgs) args: BothWaysArgs,
    @Ctx() context: DocumentsContext,
  ): Promise<VersionConnection> {
    return versionsOf(context).load({ documentId: id, args });
  }
}
