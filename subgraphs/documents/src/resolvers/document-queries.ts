import { checkName } from "@onrecord/core/names";
import { checkText } from "@onrecord/core/text";
import { Arg, Ctx, ID, Mutation, Query, Resolver } from "type-graphql";
import { authorizeDocument, authorizeFolder } from "../authorize.js";
import { createDocument } from "../commands/create-document.js";
import { importDocument } from "../commands/import-document.js";
import { shredDocument } from "../commands/shred-document.js";
import type { DocumentsContext } from "../context.js";
import { Document } from "../types/document.js";
import { CreateDocumentInput, ImportDocumentInput, ShredDocumentInput } from "../types/inputs.js";

/** Documents: asked for and made. */
@Resolver()
export class DocumentQueries {
  @Query(() => Document, { nullable: true })
  document(@Arg("id", () => ID) id: string, @Ctx() context: DocumentsContext): Promise<Document> {
    return authorizeDocument(context, "view", id);
  }

  @Mutation(() => Document)
  async createDocument(
    @Arg("input", () => CreateDocumentInput) { folderId, title, kind }: CreateDocumentInput,
    @Ctx() context: DocumentsContext,
  ): Promise<Document> {
    await authorizeFolder(context, "edit", folderId);
    return createDocument(context, { folderId, title: checkName(title, "The title"), kind });
  }

  @Mutation(() => Document)
  async importDocument(
    @Arg("input", () => ImportDocumentInput) { folderId, title, fileName, html }: ImportDocumentInput,
    @Ctx() context: DocumentsContext,
  ): Promise<Document> {
    await authorizeFolder(context, "edit", folderId);
    const given = title === undefined || title === null ? undefined : checkName(title, "The title");
    if (fileName) checkText(fileName, "The name of the file");
    return importDocument(context, { folderId, title: given, fileName: fileName ?? null, html });
  }

  @Mutation(() => Document, {
    description: "Destroys the document's key: nobody can ever read it again. Versions and record stay.",
  })
  async shredDocument(
    @Arg("input", () => ShredDocumentInput) { documentId, confirmTitle }: ShredDocumentInput,
    @Ctx() context: DocumentsContext,
  ): Promise<Document> {
    const document = await authorizeDocument(context, "shred", documentId);
    await shredDocument(context, document, confirmTitle);
    return document;
  }
}
