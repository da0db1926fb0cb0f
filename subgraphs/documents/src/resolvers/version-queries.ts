import { checkName } from "@onrecord/core/names";
import { Arg, Ctx, ID, Mutation, Resolver, Root, Subscription } from "type-graphql";
import { authorizeDocument } from "../authorize.js";
import { nameVersion } from "../commands/name-version.js";
import { restoreVersion } from "../commands/restore-version.js";
import type { DocumentsContext } from "../context.js";
import { documentChanges } from "../live/document-changes.js";
import { Document } from "../types/document.js";
import { NameVersionInput, RestoreVersionInput } from "../types/inputs.js";
import { Version } from "../types/version.js";

/** Versions: restored, named, followed. */
@Resolver()
export class VersionQueries {
  @Mutation(() => Document)
  async restoreVersion(
    @Arg("input", () => RestoreVersionInput) { documentId, version }: RestoreVersionInput,
    @Ctx() context: DocumentsContext,
  ): Promise<Document> {
    const document = await authorizeDocument(context, "edit", documentId);
    await restoreVersion(context, { documentId, version });
    return document;
  }

  @Mutation(() => Version)
  async nameVersion(
    @Arg("input", () => NameVersionInput) { documentId, version, name }: NameVersionInput,
    @Ctx() context: DocumentsContext,
  ): Promise<Version> {
    await authorizeDocument(context, "edit", documentId);
    return nameVersion(context, { documentId, version, name: checkName(name, "The name") });
  }

  @Subscription(() => Version, {
    description: "Every version from now on, each once and in order.",
    subscribe: ({ args, context }) => documentChanges(context as DocumentsContext, args.documentId as string),
  })
  documentChanged(@Root() version: Version, @Arg("documentId", () => ID) _documentId: string): Version {
    return version;
  }
}
