import type { Reader } from "@onrecord/history/reading/reading-threads";
import type { DocumentsContext } from "./context.js";

/** Who reads in an execution. */
export function readerOf({
  caller,
  guard,
  gone,
}: Pick<DocumentsContext, "caller" | "guard" | "gone">): Reader {
  return { person: guard.requirePrincipal(caller).userId, gone };
}
