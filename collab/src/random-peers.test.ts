import { type Draw, draws, seeds } from "@onrecord/core/testing/random";
import { effectiveUpdate } from "@onrecord/history/edit/effective-update";
import { expect, it } from "vitest";
import * as Y from "yjs";
import { Authors } from "./authorship/authors.js";
import { type Step, without } from "./authorship/authorship.js";
import type { Speaker } from "./authorship/speakers.js";
import { inspect } from "./updates/inspect.js";

const USERS = ["ana", "ben", "eva"];
const BROWSER = Symbol("from another tab");
const SERVER = Symbol("from the server");

/** A tab: it types, tells the other tabs of its browser, and speaks with the server while it has a line. */
class Tab {
  doc: Y.Doc;
  line: { readonly speaker: Speaker; readonly out: Message[] } | null = null;
  constructor(
    readonly user: string,
    readonly browser: Tab[],
    clientID: number,
    truth: Map<number, string>,
    stored?: Uint8Array,
  ) {
    this.doc = new Y.Doc();
    this.doc.clientID = clientID;
    truth.set(clientID, user);
    if (stored) Y.applyUpdate(this.doc, stored);
    browser.push(this);
    this.doc.on("update", (update: Uint8Array, origin: unknown) => {
      if (origin === SERVER || origin === BROWSER) return;
      this.line?.out.push({ step: "update", update });
      for (const tab of this.browser) if (tab !== this) Y.applyUpdate(tab.doc, update, BROWSER);
    });
  }
}
type Message = { readonly step: Step; readonly update: Uint8Array } | { readonly shows: number };

/** The part of a room that decides whose is what, with the document it decides about. */
class Server {
  readonly doc = new Y.Doc();
  readonly open = new Set<Speaker>();
  readonly authors = new Authors([], this.open);
  /** How often something was left to its owner, who was here. */
  excluded = 0;
  take(tab: Tab, message: Message): void {
    const { speaker } = tab.line!;
    if ("shows" in message) return void this.authors.claim(speaker, message.shows);
    const { step, update } = message;
    const judgement = this.authors.judge(this.doc, speaker, step, inspect(update));
    if (judgement.outcome === "refused") throw new Error(`an honest tab was refused: ${judgement.reason}`);
    this.excluded += judgement.excluded.length;
    const effective = effectiveUpdate(this.doc, without(update, judgement.excluded));
    this.doc.store.pendingStructs = null;
    this.doc.store.pendingDs = null;
    if (effective) this.authors.attribute(this.doc, speaker, judgement, effective);
  }
  ask(tab: Tab): void {
    const update = Y.encodeStateAsUpdate(
      tab.doc,
      this.authors.askFor(Y.encodeStateVector(this.doc), tab.line!.speaker),
    );
    tab.line!.out.push({ step: "step2", update });
  }
  tell(tab: Tab): void {
    Y.applyUpdate(tab.doc, Y.encodeStateAsUpdate(this.doc, Y.encodeStateVector(tab.doc)), SERVER);
  }
}

function connect(server: Server, tab: Tab, shy: boolean): void {
  const speaker = { principal: { userId: tab.user } };
  tab.line = { speaker, out: shy ? [] : [{ shows: tab.doc.clientID }] };
  server.open.add(speaker);
  server.ask(tab);
}

function disconnect(server: Server, tab: Tab): void {
  if (!tab.line) return;
  server.open.delete(tab.line.speaker);
  server.authors.leave(tab.line.speaker);
  tab.line = null;
}

function type({ doc }: Tab, random: Draw): void {
  const text = doc.getText("content");
  const paragraphs = doc.getXmlFragment("default");
  const at = random(text.length + 1);
  switch (random(6)) {
    case 0:
      if (text.length > at) text.delete(at, Math.min(text.length - at, 1 + random(4)));
      return;
    case 1:
      if (text.length > at)
        text.format(at, Math.min(text.length - at, 1 + random(4)), { bold: random(2) === 1 });
      return;
    case 2: {
      const paragraph = new Y.XmlElement("paragraph");
      paragraph.insert(0, [new Y.XmlText("words")]);
      return paragraphs.insert(random(paragraphs.length + 1), [paragraph]);
    }
    case 3:
      if (paragraphs.length > 3) paragraphs.delete(random(paragraphs.length), 1);
      return;
    default:
      text.insert(at, "abcdefgh".slice(0, 1 + random(8)));
  }
}

it("of what honest tabs write, carry and lose track of, nothing is ever another's", () => {
  const tried = seeds(40);
  let relayed = 0;
  let excluded = 0;
  for (const seed of tried) {
    const random = draws(seed);
    const truth = new Map<number, string>();
    const rows = new Map<number, [clock: number, userId: string | null][]>();
    const server = new Server();
    const note = server.authors.bindings.note.bind(server.authors.bindings);
    server.authors.bindings.note = (clientId, clock, userId) => {
      const row = note(clientId, clock, userId);
      if (row) rows.set(clientId, [...(rows.get(clientId) ?? []), [clock, userId]]);
      return row;
    };
    let clientID = 1;
    const browsers: Tab[][] = [[], [], []];
    const tabs = USERS.concat(USERS).map((user) => new Tab(user, browsers[random(3)]!, clientID++, truth));
    const shy = new Set(tabs.filter(() => random(8) === 0));
    try {
      for (let step = 0; step < 250; step++) {
        const index = random(tabs.length);
        const tab = tabs[index]!;
        switch (random(10)) {
          case 0:
            if (tab.line) disconnect(server, tab);
            else connect(server, tab, shy.has(tab));
            break;
          case 1: {
            // The page is reloaded: a new clientID, and perhaps what a local store has of the old one.
            disconnect(server, tab);
            tab.browser.splice(tab.browser.indexOf(tab), 1);
            const stored = random(2) ? Y.encodeStateAsUpdate(tab.doc) : undefined;
            tabs[index] = new Tab(tab.user, tab.browser, clientID++, truth, stored);
            break;
          }
          case 2:
            if (tab.line) server.tell(tab);
            break;
          case 3:
          case 4:
          case 5:
            if (tab.line?.out.length) server.take(tab, tab.line.out.shift()!);
            break;
          default:
            type(tab, random);
        }
      }
      settle(server, tabs);
    } catch (cause) {
      throw new Error(`ONRECORD_SEED=${seed}`, { cause });
    }
    excluded += server.excluded;
    for (const [client, structs] of server.doc.store.clients) {
      const end = structs.at(-1)!.id.clock + structs.at(-1)!.length;
      for (let clock = 0; clock < end; clock++) {
        const user = rows.get(client)?.findLast(([from]) => from <= clock)?.[1];
        if (user === null) relayed++;
        else expect(user, `ONRECORD_SEED=${seed}: ${client}:${clock}`).toBe(truth.get(client));
      }
    }
    for (const { doc } of tabs)
      expect(doc.getText("content").toString(), `ONRECORD_SEED=${seed}`).toBe(
        server.doc.getText("content").toString(),
      );
  }
  if (tried.length === 1) return;
  // The histories must have reached what they are for.
  expect(relayed).toBeGreaterThan(tried.length);
  expect(excluded).toBeGreaterThan(tried.length / 10);
});

/** Everyone comes back, one round after the other, until all have everything. */
function settle(server: Server, tabs: readonly Tab[]): void {
  for (const tab of tabs) if (!tab.line) connect(server, tab, false);
  for (let round = 0; round < 4; round++) {
    for (const tab of tabs) {
      server.ask(tab);
      while (tab.line!.out.length > 0) server.take(tab, tab.line!.out.shift()!);
    }
    for (const tab of tabs) server.tell(tab);
  }
}
