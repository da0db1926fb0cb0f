import { describe, expect, it, test } from "vitest";
import { naming } from "../api/naming.js";
import { type Ended, type Look, type Me, PageSession, type SessionState, seen } from "./page-session.js";

const me = (name: string, sessionId: string): Me => ({
  user: {
    id: `id of ${name}`,
    name,
    title: null,
    kind: "EMPLOYEE",
    email: `${name}@x.test`,
    department: null,
  },
  sessionId,
  roles: [],
  expiresAt: "2100-01-01T00:00:00.000Z",
  capabilities: [],
});
const ann = me("Ann", "a1");
const annAnew = me("Ann", "a2");
const bob = me("Bob", "b1");
const somebody = (who: Me): Look => ({ kind: "somebody", me: who });
const nobody: Look = { kind: "nobody" };
const unreachable: Look = { kind: "unreachable" };
const signedIn = (ended: Ended | null = null, asking = ended !== null, who = ann): SessionState => ({
  kind: "signed-in",
  me: who,
  ended,
  asking,
});
const over: Ended = { kind: "over" };
const other: Ended = { kind: "other", person: { id: "id of Bob", name: "Bob" } };

describe("a page that looks whose the browser's session is", () => {
  test.each<[string, SessionState, Look, string[], SessionState]>([
    ["is whose it was loaded by", { kind: "loading" }, somebody(bob), [], signedIn(null, false, bob)],
    ["asks a stranger to sign in", { kind: "loading" }, nobody, [], { kind: "anonymous" }],
    ["says that nobody answers", { kind: "loading" }, unreachable, [], { kind: "unreachable" }],
    ["goes on as it was", signedIn(), somebody(ann), [], signedIn()],
    ["goes on while nobody answers", signedIn(), unreachable, [], signedIn()],
    ["ends when it was refused and nobody answers", signedIn(), unreachable, ["a1"], signedIn(over)],
    ["ends with its session", signedIn(), nobody, [], signedIn(over)],
    ["never becomes another person's", signedIn(), somebody(bob), [], signedIn(other)],
    ["nor does one that has ended", signedIn(over, false), somebody(bob), [], signedIn(other)],
    [
      "goes on in a new session of the same person",
      signedIn(),
      somebody(annAnew),
      ["a1"],
      signedIn(null, false, annAnew),
    ],
    [
      "goes on when they have signed in again",
      signedIn(over),
      somebody(annAnew),
      [],
      signedIn(null, false, annAnew),
    ],
    [
      "goes on when they have signed in after another",
      signedIn(other),
      somebody(annAnew),
      [],
      signedIn(null, false, annAnew),
    ],
    ["goes on when its own session is back", signedIn(other), somebody(ann), [], signedIn()],
    [
      "does not try for ever what is refused although it lives",
      signedIn(),
      somebody(ann),
      ["a1"],
      signedIn(over),
    ],
    ["does not mind what an older session was refused", signedIn(), somebody(ann), ["a0"], signedIn()],
    ["asks nobody twice", signedIn(over, false), nobody, [], signedIn(over, false)],
    ["nor about the same person", signedIn(other, false), somebody(bob), ["a1"], signedIn(other, false)],
  ])("%s", (_, before, look, refused, after) => {
    expect(seen(before, look, new Set(refused))).toEqual(after);
  });
});

describe("the session of a page", () => {
  /** Answers each look only when told to. */
  const page = () => {
    const waiting: ((look: Look) => void)[] = [];
    const session = new PageSession(() => new Promise((resolve) => waiting.push(resolve)));
    const answer = async (look: Look) => {
      await Promise.resolve();
      waiting.shift()?.(look);
    };
    return { session, waiting, answer };
  };

  it("is named until it ends, and counted when another follows", async () => {
    const { session, answer } = page();
    const told: (string | null)[] = [];
    session.subscribe(() => told.push(session.id));
    for (const look of [somebody(ann), somebody(bob), somebody(annAnew), nobody]) {
      const looked = session.notice();
      await answer(look);
      await looked;
    }
    expect(told).toEqual(["a1", null, "a2", null]);
    expect(session.round()).toBe(2);
  });

  it("is looked at again after what began before it was asked", async () => {
    const { session, waiting, answer } = page();
    const first = session.notice();
    await answer(somebody(ann));
    await first;
    const early = session.notice();
    await Promise.resolve();
    const late = [session.notice(), session.notice()];
    expect(waiting).toHaveLength(1);
    await answer(somebody(bob));
    await early;
    expect(session.id).toBeNull();
    await answer(somebody(annAnew));
    await Promise.all(late);
    expect([session.id, waiting.length]).toEqual(["a2", 0]);
  });

  it("is asked for again at will, once it has ended", async () => {
    const { session, answer } = page();
    const asking = () => {
      const state = session.state();
      return state.kind === "signed-in" && state.asking;
    };
    for (const look of [somebody(ann), nobody]) {
      const looked = session.notice();
      session.ask();
      expect(asking()).toBe(false);
      await answer(look);
      await looked;
    }
    expect(asking()).toBe(true);
    session.later();
    expect(asking()).toBe(false);
    session.ask();
    expect(asking()).toBe(true);
  });
});

describe("a request of a page", () => {
  const sent: (string | null)[] = [];
  const unattended: boolean[] = [];
  let attended = true;
  const server = (own: string) =>
    naming(
      current.page,
      async (_input, init) => {
        const headers = new Headers(init?.headers);
        const named = headers.get("x-onrecord-session");
        sent.push(named);
        unattended.push(headers.has("x-onrecord-unattended"));
        return new Response(null, { status: named === own ? 200 : 401 });
      },
      () => attended,
    );
  const current: { page: PageSession; look: Look } = {
    page: new PageSession(async () => current.look),
    look: nobody,
  };
  const opened = async () => {
    sent.length = 0;
    current.look = somebody(ann);
    current.page = new PageSession(async () => current.look);
    await current.page.notice();
  };

  it("names the session, and is sent again when the same person has signed in anew", async () => {
    await opened();
    expect((await server("a1")("/graphql")).status).toBe(200);
    current.look = somebody(annAnew);
    expect((await server("a2")("/graphql")).status).toBe(200);
    expect(sent).toEqual(["a1", "a1", "a2"]);
  });

  it("says when nobody sits before it", async () => {
    await opened();
    unattended.length = 0;
    await server("a1")("/graphql");
    attended = false;
    await server("a1")("/graphql");
    attended = true;
    expect(unattended).toEqual([false, true]);
  });

  it("is sent once when somebody else has, and none after it", async () => {
    await opened();
    current.look = somebody(bob);
    const ask = server("b1");
    expect((await ask("/graphql")).status).toBe(401);
    const unsent = await ask("/graphql");
    expect(unsent.status).toBe(401);
    expect(await unsent.json()).toMatchObject({ errors: [{ extensions: { code: "UNAUTHENTICATED" } }] });
    expect(sent).toEqual(["a1"]);
  });
});
