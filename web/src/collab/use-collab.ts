import { useEffect, useState, useSyncExternalStore } from "react";
import { useMe, useSession } from "../session/session.js";
import { personColour } from "../ui/person-colour.js";
import { CollabSession } from "./collab-session.js";
import { labelOf, type SavedLabel } from "./saved-label.js";
import { unsaved } from "./saved-state.js";

/** The live session of a document, from mounting to leaving; null for the instant before it exists. */
export function useCollab(documentId: string): { session: CollabSession | null; restart: () => void } {
  const [session, setSession] = useState<CollabSession | null>(null);
  const [attempt, setAttempt] = useState(0);
  const { id: sessionId, round, refused } = useSession();
  const { id, name } = useMe().user;

  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` makes a new session on purpose.
  useEffect(() => {
    const opened = new CollabSession(documentId, { id, name, color: personColour(id) });
    setSession(opened);
    return () => {
      setSession(null);
      opened.destroy();
    };
  }, [documentId, attempt, id, name]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each sign-in (`round`) reconnects what an ended session closed.
  useEffect(() => {
    if (session === null) return;
    if (sessionId === null) session.hangUp();
    else session.connect(sessionId, () => void refused(sessionId));
  }, [round, session, sessionId, refused]);

  return { session, restart: () => setAttempt((n) => n + 1) };
}

/** One thing read from a session, rendered again only when that thing changes. `read` must return a primitive. */
export function useOf<T extends string | number | boolean | null>(
  session: CollabSession,
  read: (session: CollabSession) => T,
): T {
  return useSyncExternalStore(session.subscribe, () => read(session));
}

/** Whether the person may write into the document now: online or off, but not after the connection ended for good. */
export function mayWriteNow({ saved }: CollabSession): boolean {
  return (
    saved.access === "edit" &&
    (saved.link === "open" || saved.link === "offline" || saved.link === "connecting")
  );
}

/** What the saved indicator says now. */
export function useSavedLabel(session: CollabSession): SavedLabel {
  // Through JSON, so that hundreds of internal steps that say the same sentence cost no render.
  const label = useOf(session, ({ saved }) => JSON.stringify(labelOf(saved)));
  return JSON.parse(label) as SavedLabel;
}

/** Tells the page what is not saved, and warns before it is left, unless the person has given that up. */
export function useUnsent(session: CollabSession): void {
  const { unsent } = useSession();
  const open = useOf(session, ({ saved }) => unsaved(saved) > 0);
  useEffect(() => {
    unsent.current = {
      count: () => unsaved(session.saved),
      // Loaded on demand: it brings the editor's schema along.
      text: async () => (await import("./plain-text.js")).wordsOf(session.doc),
    };
    return () => {
      unsent.current = null;
    };
  }, [session, unsent]);
  useEffect(() => {
    if (!open) return;
    const warn = (event: BeforeUnloadEvent) => {
      if (unsent.current !== null) event.preventDefault();
    };
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [open, unsent]);
}
