import { closeCode, closeReasonOf } from "@onrecord/collab-protocol/protocol";

/** Why the server closed the connection for good. */
export type Ending = "signed-out" | "removed" | "view-only" | "gone" | "too-large" | "malformed";

/** What a close frame means for the page. */
export function endingOf(code: number, reason: string): Ending {
  if (closeReasonOf(code, reason) === "viewOnly") return "view-only";
  switch (code) {
    case closeCode.unauthenticated:
      return "signed-out";
    case closeCode.forbidden:
      return "removed";
    case closeCode.gone:
      return "gone";
    case closeCode.tooLarge:
      return "too-large";
    default:
      return "malformed";
  }
}
