import { randomUUID } from "node:crypto";
import { visible } from "@onrecord/core/hidden-characters";
import { toHtmlPage } from "@onrecord/filing/page";
import type { Reader } from "@onrecord/history/reading/reading-threads";
import type { Readings } from "@onrecord/history/reading/readings";
import type { Principal } from "@onrecord/policy/principal";
import type { Ticket } from "./ticket.js";

/** For whom a copy is made, and when, by the database's clock. */
export interface CopyFor {
  readonly recipient: Pick<Principal, "name" | "email">;
  readonly at: Date;
}

/** A copy, in pieces: to put megabytes together would hold everyone up. */
export type Copy = readonly Uint8Array[];

/** Writes out the version that a ticket is for. In whatever format, a copy says what it is of, whose it is and when it was made. */
export async function renderCopy(
  readings: Readings,
  ticket: Ticket,
  copy: CopyFor,
  reader: Reader,
): Promise<Copy> {
  const { documentId, kind, version, format } = ticket;
  const read = await readings.file(documentId, { version, kind, format }, reader);
  return withRecipient(typeof read === "string" ? Buffer.from(read) : read, ticket, copy);
}

/** The content with what the copy is: as a head above a page or a text, as the field `copy` beside what a JSON copy has. */
export function withRecipient(
  body: Uint8Array,
  { documentId, title, version, format }: Pick<Ticket, "documentId" | "title" | "version" | "format">,
  { recipient: { name, email }, at }: CopyFor,
): Copy {
  const shown = visible(title);
  const time = `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  const header = [`${shown}, version ${version}`, `Copy for ${visible(name)} (${visible(email)}), ${time}`];
  switch (format) {
    case "HTML": {
      // No text of anybody's.
      const here = randomUUID();
      const [before = "", after = ""] = toHtmlPage({ title: shown, body: here, header }).split(here);
      return [Buffer.from(before), body, Buffer.from(after)];
    }
    case "TEXT":
      return [Buffer.from(`${header.join("\n")}\n${"-".repeat(72)}\n\n`), body];
    case "JSON": {
      const facts = { documentId, title, version, recipient: { name, email }, at: at.toISOString() };
      // A content is an object with fields. It may have megabytes, so it is not read again to put one more in.
      return [Buffer.from(`{"copy":${JSON.stringify(facts)},`), body.subarray(1)];
    }
  }
}
