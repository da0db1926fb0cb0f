import { createHash } from "node:crypto";
import { closeReasons } from "@onrecord/collab-protocol/protocol";
import { Random } from "@onrecord/core/testing/random";
import { contentDigest } from "@onrecord/history/store/content-digest";
import * as Y from "yjs";
import { Faults } from "../faults.js";
import { difference, outline } from "../outline.js";
import type { Verdict } from "../verdict.js";
import { makeFrame } from "./frames.js";
import { Honest, shows, told } from "./honest.js";
import { type IntakeOptions, updateOf } from "./intake.js";
import { type Line, openLine } from "./line.js";
import { OrderedNode } from "./ordered-node.js";
import { makeSession, readSession } from "./session-updates.js";
import { Table } from "./table.js";
import { Target } from "./target.js";
import { Traffic } from "./traffic.js";

/** Frames against one document. */
const PER_DOCUMENT = 1000;
/** Every so many documents, attackers may contradict themselves. */
const LIES_EVERY = 4;
const ATTACKERS = 5;
const HONEST = 3;
const LIMITS = { frameBytes: 256 * 1024, awarenessBytes: 8192 };
/** An attacker whose frames are not shown after so many moves begins anew: some were taken and dropped again. */
const PATIENCE = 400;
/** Rounds in which everything must come to rest. */
const ROUNDS = 1000;

/**
 * Attackers and honest editors on two nodes that hold one document, in one thread: every frame, every message to an editor, and the
 * beginning and end of every commit come in an order that the seed draws. The same seed makes the same versions on any machine, however
 * busy it is. Whatever the order: honest editors, newcomers, the rooms and what is loaded at any version are what the table's changes
 * make one by one.
 */
export async function attackInOrder({
  seed,
  frames,
  traces,
  stopped,
  onProgress,
}: IntakeOptions): Promise<Verdict> {
  const started = performance.now();
  const random = new Random(seed);
  const faults = new Faults((fault) => onProgress(`FAULT ${fault}`));
  const session = readSession(traces) ?? makeSession(random.branch());
  const sum: Record<string, number> = { frames: 0, versions: 0, refused: 0 };
  const print = createHash("sha256");
  for (let count = 0; sum.frames! < frames && !faults.enough && !stopped(); count++) {
    const branch = random.branch();
    const lies = count % LIES_EVERY === LIES_EVERY - 1;
    const attacked = new Attacked(branch, new Traffic(session), lies);
    const most = Math.min(PER_DOCUMENT, frames - sum.frames!);
    for (const fault of await attacked.suffer(most))
      faults.add(`the document of seed ${branch.seed}${lies ? " with lies" : ""}: ${fault}`);
    for (const [name, figure] of Object.entries(attacked.figures)) sum[name] = (sum[name] ?? 0) + figure;
    print.update(attacked.print);
    if (count % 20 === 19) onProgress(`${sum.frames} of ${frames} frames, ${sum.versions} versions`);
  }
  // Six bytes of it are a whole number everywhere.
  const fingerprint = print.digest().readUIntBE(0, 6);
  const seconds = (performance.now() - started) / 1000;
  return { campaign: "order", seed, seconds, figures: { ...sum, fingerprint }, faults: faults.all };
}

interface Attacker {
  readonly line: Line;
  readonly node: OrderedNode;
  readonly target: Target;
  readonly frames: NonNullable<ReturnType<typeof updateOf>>[];
  /** What the room had when it took the last of them. */
  known: Uint8Array;
  waited: number;
}

/** One document on two nodes, those who work on it, and those who attack it. */
class Attacked {
  readonly #table = new Table();
  readonly #nodes: readonly OrderedNode[];
  readonly #editors: Honest[];
  readonly #attackers: Attacker[];
  readonly #faults: string[] = [];
  #frames = 0;
  #refused = 0;
  #reloaded = 0;
  /** Editors that must load the document again. */
  readonly #reloads: number[] = [];
  /** The witness is the first editor: attackers see what it sees. */
  get #witness(): Honest {
    return this.#editors[0]!;
  }

  constructor(
    private readonly random: Random,
    private readonly traffic: Traffic,
    private readonly lies: boolean,
  ) {
    this.#nodes = [new OrderedNode(this.#table), new OrderedNode(this.#table)];
    this.#editors = Array.from({ length: HONEST }, (_, n) => this.#editor(n));
    this.#attackers = Array.from({ length: ATTACKERS }, (_, n) => this.#attacker(n));
  }

  get figures(): Record<string, number> {
    const figures: Record<string, number> = {
      frames: this.#frames,
      versions: this.#table.head,
      refused: this.#refused,
      "editors that lies made reload": this.#reloaded,
      "states whose order was open": this.#nodes.reduce((sum, { diverged }) => sum + diverged.ORDER, 0),
      checkpoints: this.#table.checkpoints.size,
    };
    for (const { counts } of this.#nodes)
      for (const [name, count] of Object.entries(counts)) figures[name] = (figures[name] ?? 0) + count;
    return figures;
  }

  /** Of every version, and of what they come to. */
  get print(): string {
    const hash = createHash("sha256");
    for (const update of this.#table.updates()) hash.update(`${update.length}:`).update(update);
    return hash.update(contentDigest(this.#table.replay())).digest("hex");
  }

  /** Takes so many frames; returns what is wrong then. */
  async suffer(frames: number): Promise<readonly string[]> {
    try {
      while (this.#frames < frames && this.#faults.length === 0) await this.#move();
      await this.#calm();
      this.#look();
    } catch (error) {
      this.#faults.push(`something failed: ${error instanceof Error ? error.stack : String(error)}`);
    }
    return this.#faults;
  }

  /** One thing happens, and all that follows from it at once. */
  async #move(): Promise<void> {
    this.random.weighted(this.#moves).make();
    await settled();
    this.#reload();
  }

  #reload(): void {
    for (const number of this.#reloads.splice(0)) {
      this.#editors[number]!.leave();
      this.#editors[number] = this.#editor(number);
      this.#reloaded++;
    }
  }

  readonly #moves: readonly { readonly weight: number; make(): void }[] = [
    { weight: 12, make: () => this.#attack(this.random.below(ATTACKERS)) },
    { weight: 2, make: () => this.#someone().edit(this.random) },
    { weight: 6, make: () => this.#someone().send() },
    { weight: 14, make: () => this.#someone().read() },
    { weight: 4, make: () => this.#witness.read() },
    { weight: 5, make: () => this.#node().begin() },
    { weight: 5, make: () => this.#node().end() },
    { weight: 2, make: () => this.#node().hear() },
    { weight: 0.4, make: () => this.#node().check() },
    { weight: 0.1, make: () => this.#someone().reconnect(this.#node()) },
  ];

  #someone(): Honest {
    return this.random.pick(this.#editors);
  }

  #node(): OrderedNode {
    return this.random.pick(this.#nodes);
  }

  #editor(number: number): Honest {
    const refused = (reason: string) => {
      if (!this.lies) this.#faults.push(`an honest editor was refused: ${reason}`);
      // It may have what it names in another order, which a lie has left open: its person is told to load the document again.
      this.#reloads.push(number);
    };
    return new Honest(this.random.int(1, 2 ** 32), `editor ${number}`, this.#node(), refused);
  }

  #attacker(number: number): Attacker {
    const node = this.#node();
    const line = openLine(`attacker ${number % 3}`);
    node.room.connections.add(line.connection);
    const clients = [this.random.int(1, 2 ** 32), this.random.int(2 ** 32, 2 ** 53 - 1)];
    // Nobody is a victim by name: a node does not know who is connected to the other.
    const target = new Target(this.random.branch(), this.#witness.doc, clients, [], this.traffic);
    return { line, node, target, frames: [], known: Uint8Array.of(0), waited: 0 };
  }

  /** The next frame of an attacker; when it has sent all it waits until its witness shows what became of them, and makes others. */
  #attack(number: number): void {
    const attacker = this.#attackers[number]!;
    const { line, node, target, frames } = attacker;
    const { room } = node;
    if (line.closed || attacker.waited > PATIENCE) {
      room.leave(line.connection);
      this.#attackers[number] = this.#attacker(number);
      return;
    }
    if (frames.length === 0) {
      if (!shows(this.#witness.doc, attacker.known)) {
        attacker.waited++;
        return;
      }
      attacker.waited = 0;
      target.settled();
      const count = this.random.pick([1, 4, 16, 32]);
      this.#frames += count;
      for (let n = 0; n < count; n++) {
        const sent = updateOf(makeFrame(target, { ...LIMITS, lies: this.lies }));
        if (sent) frames.push(sent);
      }
    }
    const next = room.ready() ? undefined : frames.shift();
    if (!next) return;
    room.receive(line.connection, next.update, next.step, ({ outcome }) => {
      attacker.known = room.content.stateVector();
      if (outcome !== "refused") return;
      this.#refused++;
      line.close(closeReasons.updateMalformed);
    });
    // What was received is looked at when a commit can take it: until then nobody knows what becomes of it.
    if (frames.length === 0) attacker.known = unknown;
  }

  /** Nothing new comes, and all that is under way arrives. */
  async #calm(): Promise<void> {
    for (let round = 0; round < ROUNDS; round++) {
      for (const node of this.#nodes) {
        node.begin();
        await settled();
        node.end();
        await settled();
        node.hear();
        await settled();
      }
      for (const editor of this.#editors) {
        while (!editor.isQuiet && !this.#nodes.some(({ room }) => room.ready())) {
          editor.send();
          editor.read();
        }
        // One whose line was closed comes back.
        editor.send();
      }
      await settled();
      this.#reload();
      if (
        this.#nodes.every(({ isQuiet, room }) => isQuiet && room.version === this.#table.head) &&
        this.#editors.every(({ isQuiet }) => isQuiet)
      )
        return;
    }
    this.#faults.push("it does not come to rest");
  }

  #look(): void {
    const { head } = this.#table;
    const wanted = outline(this.#table.replay(), !this.lies);
    const compare = (what: string, doc: Y.Doc, expected = wanted) => {
      const differs = difference(outline(doc, !this.lies), expected);
      if (differs)
        this.#faults.push(
          `after ${head} versions ${what} is not what the changes make one by one: ${differs}`,
        );
    };
    for (const [n, { doc }] of this.#editors.entries()) compare(`what editor ${n} has`, doc);
    for (const [n, node] of this.#nodes.entries()) {
      compare(`what node ${n} tells newcomers`, told(node));
      if (node.diverged.STATE > 0) this.#faults.push(`a state of node ${n} was another document`);
      if (node.diverged.ORDER > 0 && !this.lies)
        this.#faults.push(`the order of a state of node ${n} was open, and nobody lied`);
    }
    // What is loaded has the order of the changes, whoever lied: no state is stored that has not.
    for (const version of [head, ...Array.from({ length: 6 }, () => this.random.int(0, head))])
      compareLoaded(this.#table, version, (fault) => this.#faults.push(fault));
  }
}

/** What no document shows. */
const unknown = Y.encodeStateVector(new Map([[0, Number.MAX_SAFE_INTEGER]]));

function compareLoaded(table: Table, version: number, tell: (fault: string) => void): void {
  const differs = difference(outline(table.load(version).doc), outline(table.replay(version)));
  if (differs) tell(`version ${version} comes back different: ${differs}`);
}

/** Everything that was promised is done. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
