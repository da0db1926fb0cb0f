import { AppError } from "@onrecord/core/errors";
import type { DocumentsContext } from "../context.js";
import { presentVersion } from "../present.js";
import { readVersions } from "../queries/read-versions.js";
import type { Version } from "../types/version.js";
import { confirm, write } from "./write.js";

/** Gives a version a name, or another one. */
export function nameVersion(
  context: DocumentsContext,
  { documentId, version, name }: { documentId: string; version: number; name: string },
): Promise<Version> {
  const { ledger, guard } = context;
  const { userId } = guard.requirePrincipal(context.caller);
  return write(context, async (tx, by) => {
    const key = { documentId, number: version };
    if ((await readVersions(tx, [key])).length === 0)
      throw new AppError("BAD_USER_INPUT", `This document has no version ${version}.`);
    await tx.query(
      `insert into documents.version_name (document_id, version, name, named_by) values ($1, $2, $3, $4)
       on conflict (document_id, version)
       do update set name = excluded.name, named_by = excluded.named_by, named_at = clock_timestamp()`,
      [documentId, version, name, userId],
    );
    await ledger.append(tx, {
      action: "version.named",
      by,
      object: { kind: "DOCUMENT", id: documentId },
      detail: { version },
    });
    await confirm(context, tx, "edit", documentId);
    return presentVersion((await readVersions(tx, [key]))[0]!);
  });
}
