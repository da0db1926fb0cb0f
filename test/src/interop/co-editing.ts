import { until } from "@onrecord/testing/editor";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { Firm } from "./firm.js";
import type { Binding, Peer } from "./peer.js";

// Above what any single step may wait, so that the step that waits in vain is the one that is named.
vi.setConfig({ testTimeout: 180_000 });

/** The names under which the demo firm knows its people: whoever claims another is shown under this one. */
const names = { analyst1: "Tsz Ching Wong", analyst2: "Hoi Lam Chan" } as const;

/** What every editor must be able to do through the server, whatever it is made of. */
export function describeCoEditing(binding: Binding): void {
  let firm: Firm;
  const open: Peer[] = [];

  beforeAll(async () => {
    firm = await Firm.open();
  });
  afterEach(async () => {
    for (const peer of open.splice(0)) await peer[Symbol.asyncDispose]();
  });
  afterAll(async () => {
    await firm?.[Symbol.asyncDispose]();
  });

  const join = async (documentId: string, person: keyof Firm["tokens"]): Promise<Peer> => {
    const seat = { url: firm.server.url, documentId, token: firm.tokens[person], claims: "Somebody Else" };
    const peer = await binding.open(seat);
    open.push(peer);
    await until(() => peer.synced(), `${person} to be synced`);
    return peer;
  };
  /** Two analysts in a new document in which the second has written a word. */
  const pair = async () => {
    const documentId = await firm.document(binding.kind, `In ${binding.name}`);
    const ching = await join(documentId, "analyst1");
    const lam = await join(documentId, "analyst2");
    await lam.type("draft", "start");
    await alike([ching, lam], "draft");
    return { documentId, ching, lam };
  };
  /** Waits until all show the same, and each of `words` somewhere in it. */
  const alike = (peers: readonly Peer[], ...words: readonly string[]) =>
    until(
      async () => {
        const [first, ...others] = await Promise.all(peers.map((peer) => peer.shown()));
        return words.every((word) => first?.includes(word)) && others.every((other) => other === first);
      },
      `all to show ${words.join(", ")}`,
    );
  const expectCommitted = async (documentId: string, peer: Peer) => {
    const { state } = await firm.committed(documentId);
    expect(await binding.show(state)).toBe(await peer.shown());
    expect(await firm.content(documentId, "TEXT")).toBe(await peer.words());
    if (peer.html) expect(await firm.content(documentId, "HTML")).toBe(await peer.html());
  };

  describe(`two ${binding.name} editors`, () => {
    it("converge when both write at once, and a third that comes late sees the same without changing it", async () => {
      const { documentId, ching, lam } = await pair();
      await Promise.all([ching.type("Lantern ", "start"), lam.type(" Quay", "end")]);
      await alike([ching, lam], "Lantern", "Quay");
      await Promise.all([lam.type("Project ", "start"), ching.type(" Limited", "end")]);
      await alike([ching, lam], "Lantern", "Project", "Quay", "Limited");
      await expectCommitted(documentId, ching);
      expect(await firm.authors(documentId)).toEqual(new Set([names.analyst1, names.analyst2]));
      const { version } = await firm.committed(documentId);
      const late = await join(documentId, "analyst3");
      await alike([ching, lam, late], "draft");
      expect((await firm.committed(documentId)).version).toBe(version);
    });

    if (binding.formats)
      it("share formatting, also of words that are being added to", async () => {
        const { documentId, ching, lam } = await pair();
        const plain = await ching.shown();
        await Promise.all([ching.embolden?.(), lam.type("plain ", "start")]);
        await alike([ching, lam], "plain", "draft");
        await until(
          async () => (await lam.shown()).replace("plain ", "") !== plain,
          "the bold words to arrive",
        );
        await alike([ching, lam], "plain", "draft");
        await expectCommitted(documentId, lam);
      });

    it("take back their own words only", async () => {
      const { documentId, ching, lam } = await pair();
      await ching.type("mine ", "start");
      await alike([ching, lam], "mine");
      await lam.type(" theirs", "end");
      await alike([ching, lam], "theirs");
      await ching.undo();
      await until(async () => !(await lam.shown()).includes("mine"), "the undo to arrive");
      await alike([ching, lam], "draft", "theirs");
      await expectCommitted(documentId, lam);
    });

    it("show each other's caret, with the name that the server has proven", async () => {
      const { ching, lam } = await pair();
      await ching.focus();
      await until(async () => (await lam.carets()).length > 0, "Lam to see a caret");
      expect(await lam.carets()).toEqual([names.analyst1]);
      await lam.focus();
      await until(async () => (await ching.carets()).length > 0, "Ching to see a caret");
      expect(await ching.carets()).toEqual([names.analyst2]);
      await lam.disconnect();
      await until(async () => (await ching.carets()).length === 0, "Lam's caret to go");
    });

    it("come together after both have written offline, and a reconnect with nothing new is no version", async () => {
      const { documentId, ching, lam } = await pair();
      await Promise.all([ching.disconnect(), lam.disconnect()]);
      await ching.type("Lantern ", "start");
      await lam.type(" Quay", "end");
      expect(await ching.shown()).not.toContain("Quay");
      await Promise.all([ching.connect(), lam.connect()]);
      await alike([ching, lam], "Lantern", "draft", "Quay");
      await expectCommitted(documentId, lam);
      const { version } = await firm.committed(documentId);
      await ching.disconnect();
      await ching.connect();
      await until(() => ching.synced(), "Ching to be back");
      await lam.type(" Limited", "end");
      await alike([ching, lam], "Limited");
      expect(await firm.authors(documentId, version)).toEqual(new Set([names.analyst2]));
    });

    it("are read by a viewer, whose own words are refused in sight and never committed", async () => {
      const { documentId, ching, lam } = await pair();
      const viewer = await join(documentId, "trader");
      await alike([ching, lam, viewer], "draft");
      await ching.type("for your eyes ", "start");
      await alike([ching, lam, viewer], "for your eyes");
      expect(await viewer.closed()).toBeNull();
      const { version } = await firm.committed(documentId);
      await viewer.type("smuggled ", "start");
      await until(async () => (await viewer.closed()) !== null, "the viewer to be refused");
      expect(await viewer.closed()).toBe(4403);
      expect((await firm.committed(documentId)).version).toBe(version);
      await lam.type(" and ours", "end");
      await alike([ching, lam], "and ours");
      await expectCommitted(documentId, ching);
      expect(await ching.shown()).not.toContain("smuggled");
    });
  });
}
