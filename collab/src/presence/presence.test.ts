import { MAX_MESSAGE_BYTES, type PresenceState } from "@onrecord/bus/bus";
import { message } from "@onrecord/collab-protocol/protocol";
import type { Principal } from "@onrecord/policy/principal";
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  Awareness,
  applyAwarenessUpdate,
  encodeAwarenessUpdate,
  removeAwarenessStates,
} from "y-protocols/awareness";
import * as Y from "yjs";
import { Presence } from "./presence.js";
import { PresenceError } from "./presence-error.js";
import type { PresenceFrame } from "./presence-frame.js";
import { inMessages } from "./presence-relay.js";

afterEach(() => void vi.useRealTimers());

const limits = { awarenessBytes: 1000, awarenessClients: 3, documentAwarenessBytes: 1_000_000 };
const connection = (userId: string) => {
  const principal: Principal = {
    userId,
    sessionId: `session of ${userId}`,
    email: `${userId}@example.test`,
    name: `Name of ${userId}`,
    title: null,
    userKind: "EMPLOYEE",
    roles: [],
    expiresAt: "2100-01-01T00:00:00.000Z",
  };
  return { principal };
};
const update = (clientId: number, clock: number, value: unknown) =>
  encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, 1);
    encoding.writeVarUint(encoder, clientId);
    encoding.writeVarUint(encoder, clock);
    encoding.writeVarString(encoder, JSON.stringify(value));
  });
/** What a stock client that has just come makes of it. */
const seen = (presence: Presence) => {
  const awareness = new Awareness(new Y.Doc());
  awareness.setLocalState(null);
  const all = presence.all();
  if (all) applyAwarenessUpdate(awareness, all.update, "test");
  awareness.destroy();
  return Object.fromEntries(awareness.getStates());
};

describe("whose a presence state is", () => {
  const ana = connection("ana");
  const anaAgain = connection("ana");
  const ben = connection("ben");
  type Step = (presence: Presence) => void;
  const says =
    (who: typeof ana, clock: number, value: unknown): Step =>
    (presence) =>
      presence.receive(who, update(7, clock, value));
  const hears =
    (node: string, userId: string, clock: number, value: unknown): Step =>
    (presence) =>
      presence.hear(node, [[7, clock, userId, value]], 1000);
  const leaves =
    (who: typeof ana): Step =>
    (presence) =>
      presence.leave(who);

  const cases: [string, Step[], unknown][] = [
    ["a newer state replaces an older", [says(ana, 1, { n: 1 }), says(ana, 2, { n: 2 })], { n: 2 }],
    ["an older state does not", [says(ana, 2, { n: 2 }), says(ana, 1, { n: 1 })], { n: 2 }],
    ["another user's does not", [says(ana, 1, { n: 1 }), says(ben, 9, { n: 9 })], { n: 1 }],
    [
      "another connection of the user does not, while its owner is there",
      [says(ana, 1, { n: 1 }), says(anaAgain, 9, { n: 9 })],
      { n: 1 },
    ],
    [
      "another connection of the user does when its owner has left",
      [says(ana, 1, { n: 1 }), leaves(ana), says(anaAgain, 2, { n: 2 })],
      { n: 2 },
    ],
    [
      "another connection's echo brings nothing back",
      [says(ana, 1, { n: 1 }), leaves(ana), says(anaAgain, 1, { n: 1 })],
      undefined,
    ],
    [
      "another user does not, after it has left",
      [says(ana, 1, {}), leaves(ana), says(ben, 9, {})],
      undefined,
    ],
    ["a node overwrites nothing that is here", [says(ana, 1, { n: 1 }), hears("x", "ana", 9, {})], { n: 1 }],
    ["nor removes it", [says(ana, 1, { n: 1 }), hears("x", "ana", 9, null)], { n: 1 }],
    [
      "a user's state on another node is another user's to leave alone",
      [hears("x", "ana", 1, { n: 1 }), says(ben, 9, {})],
      { n: 1 },
    ],
    [
      "the user may take it here",
      [hears("x", "ana", 1, { n: 1 }), says(ana, 2, { n: 2 }), hears("x", "ana", 1, null)],
      { n: 2 },
    ],
    ["an echo of it takes nothing", [hears("x", "ana", 1, { n: 1 }), says(ana, 1, null)], { n: 1 }],
    ["its node removes it", [hears("x", "ana", 1, { n: 1 }), hears("x", "ana", 1, null)], undefined],
    [
      "what its node said before stays removed",
      [hears("x", "ana", 1, { n: 1 }), hears("x", "ana", 1, null), hears("x", "ana", 1, { n: 1 })],
      undefined,
    ],
    [
      "another node removes nothing of it",
      [hears("x", "ana", 1, { n: 1 }), hears("y", "ana", 1, null)],
      { n: 1 },
    ],
    [
      "the user is on yet another node now",
      [hears("x", "ana", 1, { n: 1 }), hears("y", "ana", 2, { n: 2 }), (p) => p.leaveNode("x")],
      { n: 2 },
    ],
    ["a node ends", [hears("x", "ana", 1, { n: 1 }), (p) => p.leaveNode("x")], undefined],
    [
      "and its user may come here with nothing new to say",
      [hears("x", "ana", 1, { n: 1 }), (p) => p.leaveNode("x"), says(ana, 1, { n: 1 })],
      { n: 1 },
    ],
    [
      "a silent node's states go, those that are renewed stay",
      [
        (p) => p.hear("x", [[8, 1, "ana", {}]], 10),
        hears("x", "ana", 1, { n: 1 }),
        (p) => p.leaveUnheard(500),
      ],
      { n: 1 },
    ],
    ["no number of no encoder's is taken", [(p) => p.hear("x", [[7, Infinity, "ana", {}]], 1)], undefined],
  ];
  it.each(cases)("%s", (_name, steps, expected) => {
    const presence = new Presence(limits);
    for (const step of steps) step(presence);
    expect(seen(presence)).toEqual(expected === undefined ? {} : { 7: expected });
    expect(presence.userOf(7)).toBe(expected === undefined ? undefined : "ana");
  });

  it("is told to other nodes only if it is connected here, and once", () => {
    const presence = new Presence(limits);
    presence.receive(ana, update(7, 1, { user: { name: "x" } }));
    presence.hear("x", [[8, 1, "ben", {}]], 1);
    expect(presence.takeNews()).toEqual([[7, 1, "ana", { user: { id: "ana", name: "Name of ana" } }]]);
    expect(presence.takeNews()).toEqual([]);
    expect(presence.own().map(([clientId]) => clientId)).toEqual([7]);
    presence.leave(ana);
    expect(presence.takeNews()).toEqual([[7, 1, "ana", null]]);
    expect(presence.own()).toEqual([]);
  });

  it("is signed wherever editors keep a name", () => {
    const presence = new Presence(limits);
    presence.receive(ana, update(7, 1, { name: "Ben", user: "Ben", color: "red" }));
    expect(seen(presence)[7]).toEqual({
      name: "Name of ana",
      user: { id: "ana", name: "Name of ana" },
      color: "red",
    });
  });

  it("is one of at most so many of a connection, whether it takes them new or over", () => {
    const presence = new Presence(limits);
    for (const clientId of [1, 2, 3]) presence.receive(ana, update(clientId, 1, {}));
    presence.hear("x", [[4, 1, "ana", {}]], 1);
    for (const clientId of [4, 5])
      expect(() => presence.receive(ana, update(clientId, 2, {}))).toThrow(PresenceError);
  });

  it("is remembered for a while when it is removed, but not beyond the room", () => {
    vi.useFakeTimers();
    const presence = new Presence(limits);
    presence.receive(ana, update(1, 1, {}));
    presence.receive(ana, update(1, 2, null));
    expect(vi.getTimerCount()).toBe(1);
    presence.receive(ana, update(2, 1, {}));
    presence.end();
    expect(vi.getTimerCount()).toBe(0);
    // Its connections may be closed only after that.
    presence.leave(ana);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("leaves stock clients that know it by the clock they know", () => {
    const presence = new Presence(limits);
    const sender = new Awareness(new Y.Doc());
    sender.setLocalState({ n: 1 });
    presence.receive(ana, encodeAwarenessUpdate(sender, [sender.clientID]));
    const viewer = new Awareness(new Y.Doc());
    applyAwarenessUpdate(viewer, presence.takeChanges()!.update, "test");
    expect(viewer.getStates().has(sender.clientID)).toBe(true);
    presence.leave(ana);
    applyAwarenessUpdate(viewer, presence.takeChanges()!.update, "test");
    expect(viewer.getStates().has(sender.clientID)).toBe(false);
    expect(presence.takeChanges()).toBeNull();
    sender.destroy();
    viewer.destroy();
  });
});

describe("what stock clients are shown", () => {
  const ana = connection("ana");
  const anaAgain = connection("ana");
  const ben = connection("ben");
  /** Time as the database has it, moved on by hand. */
  let time = Date.UTC(2026, 10, 1);
  const node = () => new Presence(limits, undefined, undefined, () => time);
  /** A stock client, with what it has been sent. */
  class Peer implements Disposable {
    readonly awareness = new Awareness(new Y.Doc());
    constructor() {
      this.awareness.setLocalState(null);
    }
    take(frame: PresenceFrame | null): void {
      if (frame) applyAwarenessUpdate(this.awareness, frame.update, "test");
    }
    /** As y-websocket does when its line breaks. */
    loseLine(): void {
      removeAwarenessStates(this.awareness, [...this.awareness.getStates().keys()], "test");
    }
    get shown(): unknown {
      return this.awareness.getStates().get(7);
    }
    get clock(): number {
      return this.awareness.meta.get(7)?.clock ?? 0;
    }
    [Symbol.dispose](): void {
      this.awareness.destroy();
    }
  }

  it("of an owner who comes back with the clock it had, it is there at once", () => {
    using peer = new Peer();
    const presence = node();
    presence.receive(ana, update(7, 5, { n: 1 }), 7);
    peer.take(presence.takeChanges());
    presence.leave(ana);
    peer.take(presence.takeChanges());
    expect(peer.shown).toBeUndefined();
    for (const clock of [5, 3]) {
      presence.receive(anaAgain, update(7, clock, { n: clock }), 7);
      peer.take(presence.takeChanges());
      expect(peer.shown).toEqual({ n: clock });
      presence.leave(anaAgain);
      peer.take(presence.takeChanges());
    }
  });

  it("of an owner whose old line is not known to be dead, the new one counts, and the end of the old one does not", () => {
    using peer = new Peer();
    const presence = node();
    presence.receive(ana, update(7, 5, { n: 1 }), 7);
    presence.receive(anaAgain, update(7, 2, { n: 2 }), 7);
    // What the old line still had.
    presence.receive(ana, update(7, 6, { n: 6 }));
    presence.receive(ana, update(7, 6, null));
    presence.leave(ana);
    peer.take(presence.takeChanges());
    expect(peer.shown).toEqual({ n: 2 });
    presence.receive(anaAgain, update(7, 3, { n: 3 }));
    peer.take(presence.takeChanges());
    expect(peer.shown).toEqual({ n: 3 });
  });

  it("nobody else takes it over, whatever clock they introduce themselves with", () => {
    using peer = new Peer();
    const presence = node();
    presence.receive(ana, update(7, 5, { n: 1 }), 7);
    for (const clock of [5, 6, 2 ** 40])
      expect(presence.receive(ben, update(7, clock, { n: 9 }), 7).crowdedOut).toEqual([]);
    presence.leave(ana);
    presence.receive(ben, update(7, 9, { n: 9 }), 7);
    peer.take(presence.takeChanges());
    expect(peer.shown).toBeUndefined();
  });

  it("is told again while its owner says nothing, and not before it is time", () => {
    using peer = new Peer();
    const presence = node();
    presence.receive(ana, update(7, 1, { n: 1 }));
    peer.take(presence.takeChanges());
    const told = performance.now();
    presence.renew(told + 10_000);
    expect(presence.takeChanges()).toBeNull();
    for (let n = 1; n <= 3; n++) {
      const before = peer.clock;
      presence.renew(told + n * 20_000 + 1000);
      peer.take(presence.takeChanges());
      expect(peer.clock).toBeGreaterThan(before);
    }
    expect(peer.shown).toEqual({ n: 1 });
    presence.leave(ana);
    presence.takeChanges();
    presence.renew(told + 1_000_000);
    expect(presence.takeChanges()).toBeNull();
  });

  it("of another node too, as long as that tells of it", () => {
    using peer = new Peer();
    const presence = node();
    presence.hear("x", [[7, 1000, "ana", { n: 1 }]], 1);
    peer.take(presence.takeChanges());
    const before = peer.clock;
    presence.renew(performance.now() + 20_000);
    peer.take(presence.takeChanges());
    expect(peer.clock).toBeGreaterThan(before);
    presence.leaveUnheard(2);
    peer.take(presence.takeChanges());
    expect(peer.shown).toBeUndefined();
    presence.hear("x", [[7, 1000, "ana", { n: 1 }]], 3);
    peer.take(presence.takeChanges());
    expect(peer.shown).toEqual({ n: 1 });
  });

  it("is there for a client that comes back after its own line broke", () => {
    using peer = new Peer();
    const presence = node();
    presence.receive(ana, update(7, 1, { n: 1 }));
    presence.hear("x", [[8, 1, "ben", { n: 8 }]], 1);
    peer.take(presence.takeChanges());
    peer.loseLine();
    expect(peer.awareness.getStates().size).toBe(0);
    presence.freshen();
    peer.take(presence.all());
    expect([...peer.awareness.getStates().keys()].sort()).toEqual([7, 8]);
    // And what changes next is news to it and to those who stayed.
    presence.receive(ana, update(7, 2, { n: 2 }));
    presence.hear("x", [[8, 2, "ben", { n: 9 }]], 2);
    peer.take(presence.takeChanges());
    expect([peer.shown, peer.awareness.getStates().get(8)]).toEqual([{ n: 2 }, { n: 9 }]);
  });

  it("is there after a restart of everything, and on a node that knows nothing of the one before", () => {
    using peer = new Peer();
    const before = node();
    for (let clock = 1; clock <= 50; clock++) before.receive(ana, update(7, clock, { n: clock }), 7);
    before.freshen();
    before.renew(performance.now() + 20_000);
    peer.take(before.takeChanges());
    peer.loseLine();
    time += 1000;
    const after = node();
    after.receive(anaAgain, update(7, 50, { n: 50 }), 7);
    peer.take(after.takeChanges());
    expect(peer.shown).toEqual({ n: 50 });
  });

  it("is never sent to its owner, who would take it for its own doing, but to everyone else as the same bytes", () => {
    const presence = node();
    presence.receive(ana, update(1, 1, { n: 1 }));
    presence.receive(ana, update(2, 1, { n: 2 }));
    presence.receive(ben, update(3, 1, { n: 3 }));
    const frame = presence.takeChanges()!;
    const states = (pieces: readonly Buffer[]) => {
      const awareness = new Awareness(new Y.Doc());
      awareness.setLocalState(null);
      const whole = Buffer.concat(pieces);
      // A frame of fewer than 126 bytes has two before its message, which begins with its kind.
      expect([whole[0], whole[1], whole[2]]).toEqual([0x82, whole.length - 2, message.awareness]);
      const bytes = decoding.readVarUint8Array(decoding.createDecoder(whole.subarray(3)));
      applyAwarenessUpdate(awareness, bytes, "test");
      awareness.destroy();
      return [...awareness.getStates().keys()];
    };
    expect(states(frame.for(ana))).toEqual([3]);
    expect(states(frame.for(ben))).toEqual([1, 2]);
    expect(states(frame.for("anyone"))).toEqual([1, 2, 3]);
    expect(frame.for("anyone else")).toBe(frame.for("anyone"));
    presence.receive(ben, update(3, 2, { n: 4 }));
    expect(presence.takeChanges()!.for(ben)).toEqual([]);
  });

  it("does not go round when another tab hands it back to its owner, with the clock that the tab was told", () => {
    using tab = new Peer();
    const presence = node();
    presence.receive(ana, update(7, 1, { user: { color: "red" }, n: 1 }), 7);
    tab.take(presence.takeChanges());
    presence.receive(ana, update(7, tab.clock, tab.shown));
    expect(presence.takeChanges()).toBeNull();
    // It goes on from there.
    presence.receive(ana, update(7, tab.clock + 1, { n: 2 }));
    tab.take(presence.takeChanges());
    expect(tab.shown).toEqual({ n: 2 });
    // What it had moved on to meanwhile is not lost, though it has a clock that was told of something else.
    presence.freshen();
    presence.receive(ana, update(7, tab.clock + 1, { n: 3 }));
    tab.take(presence.takeChanges());
    expect(tab.shown).toEqual({ n: 3 });
  });

  it("has clocks that every client can read, whatever its owner says", () => {
    using peer = new Peer();
    const presence = node();
    for (const said of [2 ** 31, 2 ** 32 - 1, 2 ** 53 - 1]) {
      const who = connection("ana");
      presence.receive(who, update(7, said, { said }), 7);
      presence.freshen();
      peer.take(presence.takeChanges());
      expect(peer.shown).toEqual({ said });
      expect(peer.clock).toBeLessThan(2 ** 32);
    }
    presence.hear("x", [[8, 2 ** 53 - 1, "ben", {}]], 1);
    expect(presence.userOf(8)).toBeUndefined();
  });
});

describe("states in messages of the bus", () => {
  const state = (clientId: number, value: unknown): PresenceState => [clientId, 1, "u".repeat(36), value];

  it("are all there, in order, and each message fits", () => {
    const states = Array.from({ length: 100 }, (_, n) => state(n, { note: "ü".repeat((n * 37) % 900) }));
    const messages = inMessages(states);
    expect(messages.flat()).toEqual(states);
    expect(messages.length).toBeGreaterThan(1);
    for (const part of messages)
      expect(Buffer.byteLength(JSON.stringify(part))).toBeLessThan(MAX_MESSAGE_BYTES - 150);
  });

  it("are told without what is too large, and nobody is told with one empty message", () => {
    const large = "x".repeat(9000);
    expect(inMessages([state(1, { user: { name: "Ana" }, large }), state(2, { user: large })])).toEqual([
      [state(1, { user: { name: "Ana" } }), state(2, {})],
    ]);
    expect(inMessages([])).toEqual([[]]);
  });
});
