import { listNamedVersions, readVersions } from "@onrecord/history/store/versions";
import { GraphQLDateTime } from "graphql-scalars";
import { Arg, Args, Ctx, FieldResolver, Int, Resolver, Root } from "type-graphql";
import { openDocument } from "../commands/open-document.js";
import { readAttribution, readDifference } from "../commands/read-attribution.js";
import type { DocumentsContext } from "../context.js";
import { headVersion, shreddedAt } from "../loaders/documents.js";
import { refusedFolder, visibleFolder } from "../loaders/folders.js";
import { versionsOf } from "../loaders/versions.js";
import { presentOrigin, presentVersion } from "../present.js";
import { DocumentAttribution, DocumentDiff } from "../types/attribution.js";
import { AttributionArgs, DiffArgs } from "../types/attribution-args.js";
import { VersionConnection } from "../types/connections.js";
import { Document } from "../types/document.js";
import { ContentFormat } from "../types/enums.js";
import { Folder } from "../types/folder.js";
import { BothWaysArgs } from "../types/page-args.js";
import { UserReference } from "../types/references.js";
import { Version } from "../types/version.js";

/** What a document leads to. */
@Resolver(() => Document)
export class DocumentFields {
  @FieldResolver(() => Folder)
  async folder(@Root() { folderId }: Document, @Ctx() context: DocumentsContext): Promise<Folder> {
    return (await visibleFolder(context, folderId)) ?? refusedFolder(context).load(folderId);
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

  @FieldResolver(() => Version, { nullable: true, description: "One version, by its number." })
  async versionAt(
    @Root() { id }: Document,
    @Arg("number", () => Int) number: number,
    @Ctx() context: DocumentsContext,
  ): Promise<Version | null> {
    const [row] = await readVersions(context.db, [{ documentId: id, number }]);
    return row ? presentVersion(row) : null;
  }

  @FieldResolver(() => [Version], { description: "Those that have a name, the newest 200, newest first." })
  async namedVersions(@Root() { id }: Document, @Ctx() context: DocumentsContext): Promise<Version[]> {
    const rows = await listNamedVersions(context.db, id, 200);
    return rows.map(presentVersion);
  }

  @FieldResolver(() => DocumentDiff, {
    description:
      "What lies between two versions, told by the identity of what was written and not by comparing words. Both are on the record as read.",
  })
  async diff(
    @Root() document: Document,
    @Args(() => DiffArgs) args: DiffArgs,
    @Ctx() context: DocumentsContext,
  ): Promise<DocumentDiff> {
    const { version, origins, roots } = await readDifference(context, document, args);
    return { from: args.from, to: version, origins: origins.map(presentOrigin), roots };
  }

  @FieldResolver(() => DocumentAttribution, { description: "Reading it is on the record." })
  async attribution(
    @Root() document: Document,
    @Args(() => AttributionArgs) { version, deletedSince, exact }: AttributionArgs,
    @Ctx() context: DocumentsContext,
  ): Promise<DocumentAttribution> {
    const attributed = await readAttribution(context, document, {
      exact,
      ...(version == null ? {} : { version }),
      ...(deletedSince == null ? {} : { deletedSince }),
    });
    return { ...attributed, origins: attributed.origins.map(presentOrigin) };
  }
}
