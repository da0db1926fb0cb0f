import { AppError } from "@onrecord/core/errors";
import { writeVersionName } from "@onrecord/history/edit/version-name";
import { readVersions } from "@onrecord/history/store/versions";
import type { DocumentsContext } from "../context.js";
import { presentVersion } from "../present.js";
import type { Version } from "../types/version.js";
import { confirm, write } from "./write.js";

/** Gives a version a name, or another one. */
export function nameVersion(
  context: DocumentsContext,
  { documentId, version, name }: { documentId: string; version: number; name: string },
): Promise<Version> {
  const { guard } = context;
  const { userId } = guard.requirePrincipal(context.caller);
  return write(context, async (tx) => {
    const key = { documentId, number: version };
    if ((await readVersions(tx, [key])).length === 0)
      throw new AppError("BAD_USER_INPUT", `This document has no version ${version}.`);
    await writeVersionName(tx, { documentId, version, name, namedBy: userId });
    await tx.append({
      action: "version.named",
      object: { kind: "DOCUMENT", id: documentId },
      detail: { version },
    });
    await confirm(context, tx, "edit", { kind: "DOCUMENT", id: documentId });
    return presentVersion((await readVersions(tx, [key]))[0]!);
  });
}
