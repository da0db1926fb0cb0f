import { DocumentChangedDocument, DocumentVersionsDocument } from "@onrecord/schema/generated";
import { useCallback, useEffect, useRef, useState } from "react";
import { useClient } from "urql";
import { type Problem, problemOf } from "../../api/problem.js";
import { type LineState, useFollow } from "../../api/use-follow.js";
import type { CollabSession } from "../../collab/collab-session.js";
import { useOf } from "../../collab/use-collab.js";
import type { VersionRow } from "./group-versions.js";
import { addCommitted, addNewest, addOlder, unread, type VersionWindow } from "./version-window.js";

const PAGE = 100;
/** The head is known from the editing connection before the subscription tells of it; after this long it was missed. */
const MISSED_MS = 2_000;

/** A document's versions as far as they were read, kept up to date. */
export interface Versions {
  readonly window: VersionWindow;
  readonly state: "loading" | "ready" | Problem;
  readonly line: LineState;
  readonly loadOlder: () => Promise<void>;
  /** Lays a change made on this page (a name) over the list at once. */
  readonly put: (version: VersionRow) => void;
  readonly reload: () => void;
}

/** Reads the newest versions and follows what is committed. */
export function useVersions(documentId: string, session: CollabSession): Versions {
  const client = useClient();
  const [window, setWindow] = useState(unread);
  const [state, setState] = useState<Versions["state"]>("loading");
  const [wanted, setWanted] = useState(0);
  const reading = useRef(false);

  const read = useCallback(
    (before: string | null) =>
      client
        .query(
          DocumentVersionsDocument,
          { id: documentId, last: PAGE, before },
          { requestPolicy: "network-only" },
        )
        .toPromise()
        .then(({ data, error }) => {
          const connection = data?.document?.versions;
          if (!connection) return error ? problemOf(error) : { kind: "not-found" as const, requestId: null };
          // The API counts upwards; the list shows the newest first.
          const page = connection.edges.map(({ node }) => node).reverse();
          const { hasPreviousPage, startCursor } = connection.pageInfo;
          return { page, before: hasPreviousPage ? (startCursor ?? null) : null };
        }),
    [client, documentId],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: `wanted` asks for the newest page again.
  useEffect(() => {
    let left = false;
    void read(null).then((told) => {
      if (left) return;
      if ("kind" in told) return setState(told);
      setState("ready");
      const [head] = told.page;
      if (head) session.headIs(head.number, head.at);
      setWindow((known) => addNewest(known, told.page, told.before));
    });
    return () => {
      left = true;
    };
  }, [read, wanted, session]);

  const reload = useCallback(() => setWanted((n) => n + 1), []);
  const put = useCallback((version: VersionRow) => setWindow((known) => addCommitted(known, [version])), []);

  const line = useFollow(
    DocumentChangedDocument,
    { documentId },
    {
      onEvents: (events) => {
        const arrived = events.map(({ documentChanged }) => documentChanged);
        const newest = arrived.at(-1);
        if (newest) session.headIs(newest.number, newest.at);
        setWindow((known) => addCommitted(known, arrived));
      },
      onReopened: reload,
    },
  );

  const newest = window.versions[0]?.number ?? 0;
  const head = useOf(session, ({ saved }) => saved.head?.version ?? 0);
  const behind = window.gap || (state === "ready" && head > newest);
  useEffect(() => {
    if (!behind) return;
    const timer = setTimeout(reload, window.gap ? 300 : MISSED_MS);
    return () => clearTimeout(timer);
  }, [behind, window.gap, reload]);

  const loadOlder = useCallback(async () => {
    if (reading.current || window.before === null) return;
    reading.current = true;
    const told = await read(window.before);
    reading.current = false;
    if (!("kind" in told)) setWindow((known) => addOlder(known, told.page, told.before));
  }, [read, window.before]);

  return { window, state, line, loadOlder, put, reload };
}
