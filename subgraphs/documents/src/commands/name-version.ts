import { raw } from "@mikro-orm/postgresql";
import { AppError } from "@onrecord/core/errors";
import type { DocumentsContext } from "../context.js";
import { VersionNameEntity } from "../entities/version-name.js";
import { presentVersion } from "../present.js";
import { readVersions } from "../queries/read-versions.js";
import type { Version } from "../types/version.js";
import { confirm, write } from "./write.js";

/** Gives a version a name, or another one. */
export function nameVersion(
  context: DocumentsContext,
  { documentId, version, name }: { documentId: string; version: number; name: string },
): Promise<Version> {
  const { guard } = context;
  const { userId } = guard.requirePrincipal(context.caller);
  return write(context, async (tx, em) => {
    const key = { documentId, number: version };
    if ((await readVersions(tx, [key])).length === 0)
      throw new AppError("BAD_USER_INPUT", `This document has no version ${version}.`);
    await em
      .createQueryBuilder(VersionNameEntity)
      .insert({ documentId, version, name, namedBy: userId, namedAt: raw("clock_timestamp()") })
      .onConflict(["documentId", "version"])
      .merge(["name", "namedBy", "namedAt"])
      .execute();
    await tx.append({
      action: "version.named",
      object: { kind: "DOCUMENT", id: documentId },
      detail: { version },
    });
    await confirm(context, tx, "edit", documentId);
    return presentVersion((await readVersions(tx, [key]))[0]!);
  });
}
