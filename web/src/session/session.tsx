import { type Capability, MeDocument, type MeQuery } from "@onrecord/schema/generated";
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { Provider } from "urql";
import { createApi } from "../api/client.js";
import { createLiveSocket, type LiveSocket } from "../api/socket.js";
import { signOut } from "./auth.js";

/** Who is signed in. */
export type Me = MeQuery["me"];

/** Where the session of this page stands. */
export type SessionState =
  | { kind: "loading" }
  | { kind: "unreachable" }
  | { kind: "anonymous" }
  /** `ended` once the server no longer knows the session: the page keeps its text and, while `asking`, asks to sign in again. */
  | { kind: "signed-in"; me: Me; ended: boolean; asking: boolean };

interface Session {
  readonly state: SessionState;
  readonly live: LiveSocket;
  /** Counts sign-ins on this page, so that what an ended session closed can open again. */
  readonly round: number;
  /** Asks the server who is signed in. Resolves with the id of that person, or null. */
  readonly refresh: () => Promise<string | null>;
  /** The server no longer knows the session: ask to sign in again. */
  readonly end: () => void;
  /** Not now: the page is left as it is, to copy from. */
  readonly later: () => void;
  readonly leave: () => Promise<void>;
}

const Context = createContext<Session | null>(null);

/** Knows who is signed in and carries the API client and the live socket of the page. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const [state, setState] = useState<SessionState>({ kind: "loading" });
  const [round, setRound] = useState(0);
  const end = useCallback(() => setState(ended), []);
  const later = useCallback(() => setState((before) => ({ ...before, asking: false })), []);
  const [api] = useState(() => createApi(end));
  const [live] = useState(() => createLiveSocket());
  const firstLook = useRef(false);

  const refresh = useCallback(async () => {
    const { data, error } = await api.query(MeDocument, {}, { requestPolicy: "network-only" }).toPromise();
    if (data) {
      // The old socket was opened in the name of the old session.
      live.renew();
      setState((before) => accepted(before, data.me));
      setRound((n) => n + 1);
      return data.me.user.id;
    }
    const unknown = error?.graphQLErrors.length === 0 && error.response?.status !== 401;
    setState((before) =>
      before.kind === "signed-in" ? before : { kind: unknown ? "unreachable" : "anonymous" },
    );
    return null;
  }, [api, live]);

  useEffect(() => {
    if (firstLook.current) return;
    firstLook.current = true;
    void refresh();
  }, [refresh]);

  const leave = useCallback(async () => {
    await signOut();
    // A full load: nothing of this session stays in memory for the next person at this desk.
    window.location.assign("/sign-in");
  }, []);

  const value = useMemo(
    () => ({ state, live, round, refresh, end, later, leave }),
    [state, live, round, refresh, end, later, leave],
  );
  return (
    <Context.Provider value={value}>
      <Provider value={api}>{children}</Provider>
    </Context.Provider>
  );
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

function ended(before: SessionState): SessionState {
  return before.kind === "signed-in" ? { ...before, ended: true, asking: true } : before;
}

/** A page that holds one person's unsent text never turns into another person's page. */
function accepted(before: SessionState, me: Me): SessionState {
  if (before.kind === "signed-in" && before.me.user.id !== me.user.id)
    return { ...before, ended: true, asking: true };
  return { kind: "signed-in", me, ended: false, asking: false };
}
