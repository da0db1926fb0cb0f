import { byCaller } from "@onrecord/policy/principal";
import type { DocumentsContext } from "../context.js";

/** Puts it on the record that a version is read: one entry for each version that a request reads, in however many ways. */
export function recordOpening(context: DocumentsContext, id: string, version: number): Promise<void> {
  const key = `${id} ${version}`;
  let opened = context.opened.get(key);
  if (!opened) {
    opened = record(context, id, version);
    context.opened.set(key, opened);
  }
  return opened;
}

async function record(
  { caller, decisions, guard, ledger }: DocumentsContext,
  id: string,
  version: number,
): Promise<void> {
  const decided = await decisions.decideEach(guard.requirePrincipal(caller), ["comment", "edit"], [id]);
  const may = decided.get(id);
  await ledger.record({
    action: "document.opened",
    by: byCaller(caller),
    object: { kind: "DOCUMENT", id },
    detail: {
      via: "api",
      version,
      access: may?.edit.allow ? "edit" : may?.comment.allow ? "comment" : "view",
    },
  });
}
