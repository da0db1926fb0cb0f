import type { VersionRow } from "./group-versions.js";

/** A contiguous stretch of a document's versions, newest first, as far as they were read. */
export interface VersionWindow {
  readonly versions: readonly VersionRow[];
  /** Where the older ones begin; null when there are none. */
  readonly before: string | null;
  /** Versions were committed that this window has not seen: read the newest page again. */
  readonly gap: boolean;
}

/** A window that was not read yet. */
export const unread: VersionWindow = { versions: [], before: null, gap: false };

/** Puts committed versions in front; a repeated number is a change of its name. */
export function addCommitted(window: VersionWindow, arrived: readonly VersionRow[]): VersionWindow {
  let { versions, gap } = window;
  for (const version of arrived) {
    const newest = versions[0];
    if (newest && version.number <= newest.number) {
      versions = versions.map((known) => (known.number === version.number ? version : known));
    } else if (newest && version.number === newest.number + 1) versions = [version, ...versions];
    else gap = true;
  }
  return versions === window.versions && gap === window.gap ? window : { ...window, versions, gap };
}

/** Lays a newly read newest page (newest first) over the window; what no longer joins it is dropped, never shown as if it did. */
export function addNewest(
  window: VersionWindow,
  page: readonly VersionRow[],
  before: string | null,
): VersionWindow {
  const oldest = page.at(-1);
  if (!oldest) return window.versions.length === 0 ? { ...unread } : { ...window, gap: false };
  const ahead = window.versions.filter((version) => version.number > (page[0]?.number ?? 0));
  const behind = window.versions.filter((version) => version.number < oldest.number);
  const joins = behind[0]?.number === oldest.number - 1;
  return {
    versions: [...ahead, ...page, ...(joins ? behind : [])],
    before: joins ? window.before : before,
    gap: false,
  };
}

/** Adds an older page (newest first) at the end. */
export function addOlder(
  window: VersionWindow,
  page: readonly VersionRow[],
  before: string | null,
): VersionWindow {
  const last = window.versions.at(-1)?.number ?? Number.POSITIVE_INFINITY;
  return { ...window, versions: [...window.versions, ...page.filter(({ number }) => number < last)], before };
}
