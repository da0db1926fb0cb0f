import { DocumentChangedDocument } from "@onrecord/schema/generated";
import { useEffect, useMemo, useSyncExternalStore } from "react";
import { useClient } from "urql";
import { useFollow } from "../../api/use-follow.js";
import type { CollabSession } from "../../collab/collab-session.js";
import { type ToldVersions, Versions } from "./versions.js";

/** The versions of a document that is open; the component that asks for them is not rendered when they change. */
export function useVersions(documentId: string, session: CollabSession): Versions {
  const client = useClient();
  const versions = useMemo(() => new Versions(client, documentId, session), [client, documentId, session]);
  useEffect(() => versions.open(), [versions]);
  return versions;
}

/** Keeps versions up to date; a component of its own, so that nothing else renders with its line. */
export function FollowVersions({ versions, documentId }: { versions: Versions; documentId: string }) {
  const line = useFollow(
    DocumentChangedDocument,
    { documentId },
    {
      onEvents: (events) => versions.arrived(events.map(({ documentChanged }) => documentChanged)),
      onReopened: versions.reload,
    },
  );
  useEffect(() => versions.lineIs(line), [versions, line]);
  return null;
}

/** What is known of the versions; rendered again with them, but not for every keystroke. */
export function useTold({ subscribe, told }: Versions): ToldVersions {
  return useSyncExternalStore(subscribe, told);
}

/** The newest version that the page knows of; `opened` until the list was read. */
export function useHead({ subscribe, told }: Versions, opened: number): number {
  return useSyncExternalStore(subscribe, () => told().window.versions[0]?.number ?? opened);
}
