import { leafHash } from "@onrecord/ledger/entry";
import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { AuditContext } from "../context.js";
import { entryCursor, placeOf } from "../entries/entry-cursor.js";
import { originOfEntry } from "../loaders/origin-of-entry.js";
import { mayReadAudit } from "../loaders/rights.js";
import { AuditEntryType, AuditObjectType } from "../types/audit-entry-type.js";
import { ActorType, DocumentType } from "../types/references.js";
import { shownDocument } from "./shown-document.js";

/** What is told of an entry only when asked. */
@Resolver(() => AuditEntryType)
export class EntryResolver {
  @FieldResolver(() => ActorType)
  actor(@Root() { entry }: AuditEntryType): ActorType {
    return { id: entry.actorId === null ? entry.actorKind.toLowerCase() : `user:${entry.actorId}` };
  }

  @FieldResolver(() => String, { nullable: true, description: "For those who may read the whole record." })
  async ip(@Root() { id }: AuditEntryType, @Ctx() context: AuditContext): Promise<string | null> {
    return (await this.#origin(context, id))?.ip ?? null;
  }

  @FieldResolver(() => String, { nullable: true, description: "For those who may read the whole record." })
  async userAgent(@Root() { id }: AuditEntryType, @Ctx() context: AuditContext): Promise<string | null> {
    return (await this.#origin(context, id))?.userAgent ?? null;
  }

  @FieldResolver(() => String, { description: "The hash of the entry's leaf in the log (RFC 6962), hex." })
  leafHash(@Root() { entry }: AuditEntryType): string {
    return leafHash(entry);
  }

  @FieldResolver(() => String, { description: "Give it as `after` to continue behind this entry." })
  cursor(@Root() { entry }: AuditEntryType): string {
    return entryCursor.encode(placeOf(entry));
  }

  /** Where people work from is personal: colleagues who may see a document's trail do not learn it. */
  async #origin(context: AuditContext, id: string) {
    return (await mayReadAudit(context)) ? originOfEntry(context).load(id) : null;
  }
}

/** The thing that an entry is about. */
@Resolver(() => AuditObjectType)
export class ObjectResolver {
  @FieldResolver(() => DocumentType, {
    nullable: true,
    description: "Null when it is none, or I may not see it.",
  })
  document(
    @Root() { kind, id }: AuditObjectType,
    @Ctx() context: AuditContext,
  ): Promise<DocumentType | null> {
    return shownDocument(context, kind === "DOCUMENT" ? id : null);
  }
}
