import { visible } from "@onrecord/core/hidden-characters";
import { readContent } from "@onrecord/filing/content";
import { toHtmlPage } from "@onrecord/filing/page";
import type { History } from "@onrecord/history/store/history";
import type { Principal } from "@onrecord/policy/principal";
import type { Ticket } from "./ticket.js";

/** For whom a copy is made, and when, by the database's clock. */
export interface CopyFor {
  readonly recipient: Pick<Principal, "name" | "email">;
  readonly at: Date;
}

/** Writes out the version that a ticket is for. In whatever format, a copy says what it is of, whose it is and when it was made. */
export async function renderCopy(history: History, ticket: Ticket, copy: CopyFor): Promise<Buffer> {
  const { documentId, kind, version, format } = ticket;
  const { doc } = await history.load(documentId, version);
  const body = readContent(doc, kind, format);
  doc.destroy();
  return Buffer.from(withRecipient(body, ticket, copy));
}

/** The content with what the copy is: as a head above a page or a text, as the field `copy` beside what a JSON copy has. */
export function withRecipient(
  body: string,
  { documentId, title, version, format }: Pick<Ticket, "documentId" | "title" | "version" | "format">,
  { recipient: { name, email }, at }: CopyFor,
): string {
  const shown = visible(title);
  const time = `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  const header = [`${shown}, version ${version}`, `Copy for ${visible(name)} (${visible(email)}), ${time}`];
  switch (format) {
    case "HTML":
      return toHtmlPage({ title: shown, body, header });
    case "TEXT":
      return `${header.join("\n")}\n${"-".repeat(72)}\n\n${body}`;
    case "JSON": {
      const facts = { documentId, title, version, recipient: { name, email }, at: at.toISOString() };
      // A content is an object with fields. It may have megabytes, so it is not read again to put one more in.
      return `{"copy":${JSON.stringify(facts)},${body.slice(1)}`;
    }
  }
}
