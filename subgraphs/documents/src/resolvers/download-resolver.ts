import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import { issueTicket } from "../commands/issue-ticket.js";
import type { DocumentsContext } from "../context.js";
import { Download } from "../types/download.js";
import { DownloadInput } from "../types/inputs.js";

/** Copies that go out. */
@Resolver()
export class DownloadResolver {
  @Mutation(() => Download)
  async download(
    @Arg("input", () => DownloadInput) { documentId, format }: DownloadInput,
    @Ctx() context: DocumentsContext,
  ): Promise<Download> {
    const { guard } = context;
    await guard.authorize(context.caller, "download", { kind: "DOCUMENT", id: documentId }, (reasons) => ({
      action: "document.download-refused",
      detail: { format, reasons },
    }));
    return issueTicket(context, { documentId, format });
  }
}
