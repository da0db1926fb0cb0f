import { AttendDocument, type Capability } from "@onrecord/schema/generated";
import {
  createContext,
  type ReactNode,
  type RefObject,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { Provider } from "urql";
import { createApi } from "../api/client.js";
import { createLiveSocket, type LiveSocket } from "../api/socket.js";
import { Attendance, watchHands } from "./attendance.js";
import { signOut } from "./auth.js";
import { lookWhoIsSignedIn } from "./look.js";
import { tellOtherTabs, watchOtherTabs } from "./other-tabs.js";
import { type Me, PageSession, type SessionState } from "./page-session.js";
import type { Unsent } from "./unsent.js";

interface Session {
  readonly state: SessionState;
  /** The id that this page names with everything it sends; null once nothing may be sent. */
  readonly id: string | null;
  readonly live: LiveSocket;
  /** Counts the sessions of this page, so that what an ended one closed can open again. */
  readonly round: number;
  /** Somebody has just signed in on this page: learns who. */
  readonly signedIn: () => Promise<void>;
  /** Looks anew whose the browser's session is. */
  readonly refresh: () => Promise<void>;
  /** The server refused what was sent in the name of this session. */
  readonly refused: (id: string | null) => Promise<void>;
  readonly ask: () => void;
  readonly later: () => void;
  readonly leave: () => Promise<void>;
  /** What the document of this page has not sent; null when it has none, or when the person has given it up. */
  readonly unsent: RefObject<Unsent | null>;
}

const Context = createContext<Session | null>(null);

/** Knows whose page this is and carries the API client and the live socket of its session. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const [page] = useState(() => new PageSession(lookWhoIsSignedIn));
  const [{ api, attendance }] = useState(() => attendedApi(page));
  const [live] = useState(() => createLiveSocket(page));
  const state = useSyncExternalStore(page.subscribe, page.state);
  const round = useSyncExternalStore(page.subscribe, page.round);
  const unsent = useRef<Unsent | null>(null);
  const left = useRef(false);
  const { id } = page;

  useEffect(() => {
    void page.notice();
    return watchOtherTabs(() => {
      // Come back to by the browser's Back after signing out: nothing of that session is shown again.
      if (left.current) return window.location.reload();
      if (page.state().kind === "signed-in") void page.notice();
    });
  }, [page]);

  useEffect(() => watchHands(attendance.touched), [attendance]);

  const signedIn = useCallback(() => {
    tellOtherTabs();
    return page.notice();
  }, [page]);
  const leave = useCallback(async () => {
    left.current = true;
    await signOut(page.id);
    tellOtherTabs();
    // A full load: nothing of this session stays in memory for the next person at this desk.
    window.location.assign("/sign-in");
  }, [page]);

  const value = useMemo(
    () => ({
      state,
      id,
      live,
      round,
      signedIn,
      refresh: page.notice,
      refused: page.refused,
      ask: page.ask,
      later: page.later,
      leave,
      unsent,
    }),
    [state, id, live, round, signedIn, page, leave],
  );
  return (
    <Context.Provider value={value}>
      <Provider value={api}>{children}</Provider>
    </Context.Provider>
  );
}

/** The client of a page, which knows whether somebody sits before it and says so. */
function attendedApi(page: PageSession) {
  const api = createApi(page, () => attendance.sends());
  const attendance = new Attendance(() => {
    if (page.id !== null) void api.query(AttendDocument, {}, { requestPolicy: "network-only" }).toPromise();
  });
  return { api, attendance };
}

/** The session of this page. */
export function useSession(): Session {
  const value = useContext(Context);
  if (value === null) throw new Error("useSession outside of SessionProvider");
  return value;
}

/** Who is signed in, on pages that nobody reaches otherwise. */
export function useMe(): Me {
  const { state } = useSession();
  if (state.kind !== "signed-in") throw new Error("useMe on a page for anyone");
  return state.me;
}

/** Whether the person signed in has a capability over the whole firm. */
export function useCapability(capability: Capability): boolean {
  const { state } = useSession();
  return state.kind === "signed-in" && state.me.capabilities.includes(capability);
}
