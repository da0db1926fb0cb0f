import { NamedVersionsDocument, OneVersionDocument } from "@onrecord/schema/generated";
import { useMemo } from "react";
import { useReading } from "../../api/use-reading.js";
import type { VersionRow } from "../versions/group-versions.js";
import { useTold } from "../versions/use-versions.js";
import type { Versions } from "../versions/versions.js";

/** What is known of the versions a page may look at. */
export interface KnownVersions {
  /** Newest first. */
  readonly named: readonly VersionRow[];
  readonly find: (version: number) => VersionRow | undefined;
}

/** The named versions and the one that is shown, whichever of them the list beside the page has read. */
export function useKnownVersions(documentId: string, shown: number, versions: Versions): KnownVersions {
  const { window } = useTold(versions);
  const [{ data: names }] = useReading({
    query: NamedVersionsDocument,
    variables: { id: documentId },
    requestPolicy: "cache-and-network",
  });
  const listed = window.versions.find(({ number }) => number === shown);
  const [{ data: one }] = useReading({
    query: OneVersionDocument,
    variables: { id: documentId, number: shown },
    pause: listed !== undefined,
  });
  return useMemo(() => {
    const single = one?.document?.versionAt;
    const rows = new Map(
      // Later ones win: the list follows what is named while the page is open.
      [...(single ? [single] : []), ...(names?.document?.namedVersions ?? []), ...window.versions].map(
        (row) => [row.number, row],
      ),
    );
    const named = [...rows.values()].filter(({ name }) => name !== null);
    return {
      named: named.sort((a, b) => b.number - a.number),
      find: (version) => rows.get(version),
    };
  }, [names, one, window.versions]);
}
