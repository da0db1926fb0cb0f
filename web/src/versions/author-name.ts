import type { Messages } from "../i18n/en.js";
import type { VersionRow } from "./group-versions.js";

/** Whether the house itself made a version: nobody wrote it, and nobody sent it. */
export function byTheHouse({ author, carrier }: VersionRow): boolean {
  return author === null && carrier === null;
}

/** Who wrote a version. What somebody sent of an author who cannot be proven stays unknown. */
export function authorName(version: VersionRow, { common, shell }: Messages): string {
  if (version.author) return version.author.name;
  return byTheHouse(version) ? shell.product : common.unknownPerson;
}
