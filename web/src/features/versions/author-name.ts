import type { Messages } from "../../i18n/en.js";
import type { VersionRow } from "./group-versions.js";

/** Whether Onrecord itself made a version: nobody wrote it, and nobody sent it. */
export function byTheHouse({ author, carrier }: VersionRow): boolean {
  return author === null && carrier === null;
}

/** Who wrote a version; where that is not proven, who brought it, and that it is not. */
export function authorName({ author, carrier }: VersionRow, { shell, versions }: Messages): string {
  if (author) return author.name;
  return carrier ? versions.unproven(carrier.name) : shell.product;
}
