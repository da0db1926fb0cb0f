import { readContent } from "@onrecord/filing/content";
import { toHtmlPage } from "@onrecord/filing/page";
import type { History } from "@onrecord/history/store/history";
import type { Principal } from "@onrecord/policy/principal";
import type { Ticket } from "./ticket.js";

/** Writes out the version that a ticket is for. A page says on its head what copy it is and whose. */
export async function renderCopy(
  history: History,
  { documentId, kind, version, format, title }: Ticket,
  { name, email }: Principal,
): Promise<Buffer> {
  const { doc } = await history.load(documentId, version);
  const body = readContent(doc, kind, format);
  doc.destroy();
  if (format !== "HTML") return Buffer.from(body);
  const at = `${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC`;
  return Buffer.from(
    toHtmlPage({
      title,
      body,
      header: [`${title}, version ${version}`, `Copy for ${name} (${email}), ${at}`],
    }),
  );
}
