import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { useMe, useSession } from "../session/session.js";
import { personColour } from "../ui/person-colour.js";
import { CollabSession } from "./collab-session.js";
import { RestedLabel } from "./rested-label.js";
import { labelOf, type SavedLabel } from "./saved-label.js";
import { isEnding, unsaved } from "./saved-state.js";

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

/** What the saved indicator says now; rendered when the sentence changes, and "saved" only once the typing rests. */
export function useSavedLabel(session: CollabSession): SavedLabel {
  const label = useMemo(() => new RestedLabel(session), [session]);
  return JSON.parse(useSyncExternalStore(label.subscribe, label.read)) as SavedLabel;
}

/** How the connection ended for good; null while it lives. */
export function useEnded(session: CollabSession): Extract<SavedLabel, { kind: "ended" }> | null {
  const ended = useOf(session, ({ saved }) => {
    const label = isEnding(saved.link) ? labelOf(saved) : null;
    return label === null ? null : JSON.stringify(label);
  });
  return ended === null ? null : JSON.parse(ended);
}

/** Tells the page what is not saved, and warns before it is left, unless the person has given that up. */
export function useUnsent(session: CollabSession): void {
  const { unsent } = useSession();
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
    // Asked when the page is left and not kept in a state: that would render the page twice for each key.
    const warn = (event: BeforeUnloadEvent) => {
      if (unsent.current !== null && unsaved(session.saved) > 0) event.preventDefault();
    };
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [session, unsent]);
}
