import { setTimeout as delay } from "node:timers/promises";
import { History } from "@onrecord/history/history";
import { addPerson, signedIn, type TestContext } from "@onrecord/testing/database";
import { addDocument, addGrant, removeGrant } from "@onrecord/testing/documents";
import { becomes } from "../becomes.js";
import type { Faults } from "../faults.js";
import { difference, outline } from "../outline.js";
import { Random } from "../random.js";
import { Auditor } from "./auditor.js";
import { Node } from "./node.js";
import { Peer } from "./peer.js";

const USERS = 4;
const PEERS = 8;
const NODES = 2;
/** How long healing may take, in milliseconds. */
const PATIENCE = 60_000;
/** What nodes call themselves at the database; the auditor is called otherwise, and survives. */
const NODES_AT_DATABASE = "onrecord";

interface User {
  readonly userId: string;
  token: string;
  sessionId: string;
  grantId: string | undefined;
}

/** Everything that can happen, and how often it does. */
const happenings = [
  { weight: 40, name: "edit" },
  { weight: 6, name: "hold" },
  { weight: 10, name: "release" },
  { weight: 4, name: "cut" },
  { weight: 10, name: "connect" },
  { weight: 2, name: "revoke" },
  { weight: 3, name: "grant" },
  { weight: 0.7, name: "end session" },
  { weight: 0.7, name: "node dies" },
  { weight: 1.5, name: "connections to the database die" },
  { weight: 15, name: "time passes" },
] as const;
type Happening = (typeof happenings)[number]["name"];

/** One document with everyone who edits it, the nodes that hold it, and all that can go wrong. */
export class World implements AsyncDisposable {
  readonly did: Record<string, number> = {};
  readonly #random: Random;
  readonly #peers: Peer[] = [];
  #nodes: Node[] = [];
  readonly #dying: Promise<void>[] = [];

  private constructor(
    private readonly context: TestContext,
    private readonly documentId: string,
    private readonly users: readonly User[],
    readonly auditor: Auditor,
    private readonly faults: Faults,
    seed: number,
  ) {
    this.#random = new Random(seed);
  }

  static async create(context: TestContext, seed: number, faults: Faults): Promise<World> {
    const documentId = await addDocument(context);
    const users = await Promise.all(
      Array.from({ length: USERS }, async (): Promise<User> => {
        const { userId, token, sessionId } = await signedIn(context.db, await addPerson(context.db));
        return { userId, token, sessionId, grantId: await addGrant(context, documentId, userId, "EDIT") };
      }),
    );
    const history = new History(context);
    const auditor = new Auditor(context.db, history, documentId, faults);
    const world = new World(context, documentId, users, auditor, faults, seed);
    world.#nodes = await Promise.all(Array.from({ length: NODES }, () => Node.start(context)));
    for (let n = 0; n < PEERS; n++) world.#newcomer(users[n % USERS]!);
    return world;
  }

  async step(number: number): Promise<void> {
    const { name } = this.#random.weighted(happenings);
    this.did[name] = (this.did[name] ?? 0) + 1;
    await this.#happen(name);
    // Sockets get a turn or two; what is under way then is up to them.
    for (let turns = this.#random.int(0, 3); turns > 0; turns--)
      await new Promise((resolve) => setImmediate(resolve));
    await this.auditor.check(this.#peers, `seed ${this.#random.seed}, step ${number} (${name})`);
    this.#replaceClosed(number);
  }

  /** Everything is mended; then everyone must have what the table has. */
  async heal(number: number): Promise<void> {
    for (const user of this.users) if (!user.grantId) await this.#grant(user);
    for (const peer of this.#peers) peer.release();
    const agreed = await becomes(async () => {
      this.#replaceClosed(number);
      for (const peer of this.#peers) if (!peer.connected) this.#connect(peer);
      await delay(50);
      await this.auditor.check(this.#peers, `seed ${this.#random.seed}, healing after step ${number}`);
      const wanted = outline(this.auditor.doc);
      return this.#peers.every(({ doc, closed }) => closed === undefined && outline(doc) === wanted);
    }, PATIENCE);
    if (agreed) return;
    const wanted = outline(this.auditor.doc);
    const differing = this.#peers.filter(({ doc }) => outline(doc) !== wanted);
    this.faults.add(
      `seed ${this.#random.seed}, step ${number}: ${differing.length} peers do not come to what the table has: ${differing.map(({ doc }) => difference(outline(doc), wanted))[0]}`,
    );
  }

  #happen(name: Happening): Promise<void> | void {
    const peer = this.#random.pick(this.#peers);
    const user = this.#random.pick(this.users);
    switch (name) {
      case "edit":
        return this.#edit(peer);
      case "hold":
        return peer.hold();
      case "release":
        return peer.release();
      case "cut":
        return peer.cut();
      case "connect":
        return peer.connected ? undefined : this.#connect(peer);
      case "revoke":
        return this.#revoke(user);
      case "grant":
        return user.grantId ? undefined : this.#grant(user);
      case "end session":
        return this.#endSession(user);
      case "node dies":
        return this.#killNode();
      case "connections to the database die":
        return this.#failDatabase();
      case "time passes":
        return delay(this.#random.int(1, 60));
    }
  }

  #edit({ text }: Peer): void {
    for (let times = this.#random.int(1, 5); times > 0; times--) {
      const at = this.#random.int(0, text.length);
      const deleted = Math.min(text.length - at, this.#random.int(1, 6));
      if (deleted > 0 && this.#random.chance(0.4)) text.delete(at, deleted);
      else text.insert(at, this.#random.word());
    }
  }

  #connect(peer: Peer): void {
    const { token } = this.users.find(({ userId }) => userId === peer.userId)!;
    peer.connect(`${this.#random.pick(this.#nodes).rooms}/${this.documentId}?token=${token}&ack=1`);
  }

  #newcomer(user: User): void {
    const peer = new Peer(user.userId);
    this.auditor.knows(peer);
    this.#peers.push(peer);
    this.#connect(peer);
  }

  /** A page that was sent away for good is closed, and its user opens another. */
  #replaceClosed(number: number): void {
    for (const [index, peer] of [...this.#peers.entries()].reverse()) {
      if (peer.closed === undefined) continue;
      this.faults.unless(
        peer.closed === 4401 || peer.closed === 4403 || peer.closed === 4404,
        `seed ${this.#random.seed}, step ${number}: an honest peer was closed with ${peer.closed}`,
      );
      const user = this.users.find(({ userId }) => userId === peer.userId)!;
      if (!user.grantId) continue;
      this.#peers.splice(index, 1);
      this.#newcomer(user);
    }
  }

  /** The version at which the right ends is read where no commit can come between: under the lock that the revision's change takes. */
  async #revoke(user: User): Promise<void> {
    const { grantId } = user;
    if (!grantId) return;
    user.grantId = undefined;
    const version = await this.context.db.transaction(async (tx) => {
      await removeGrant(tx, grantId);
      if (this.#random.chance(0.5)) await delay(this.#random.int(1, 40));
      // Others may be told, or may have to find out.
      if (this.#random.chance(0.5))
        tx.onCommit(() => this.context.bus.publish("permissions.changed", { revision: 0 }));
      const [head] = await tx.query<{ version: number }>(
        "select version from documents.head where document_id = $1",
        [this.documentId],
      );
      return head!.version;
    });
    this.auditor.bar(user.userId, version);
  }

  async #grant(user: User): Promise<void> {
    this.auditor.unbar(user.userId);
    user.grantId = await addGrant(this.context, this.documentId, user.userId, "EDIT");
  }

  async #endSession(user: User): Promise<void> {
    const ended = user.sessionId;
    const { token, sessionId } = await signedIn(this.context.db, user.userId);
    Object.assign(user, { token, sessionId });
    await this.context.db.transaction(async (tx) => {
      await tx.query("update identity.session set ended_at = clock_timestamp() where id = $1", [ended]);
      await tx.query("select permissions.bump_revision()");
    });
  }

  async #killNode(): Promise<void> {
    const index = this.#random.int(0, this.#nodes.length - 1);
    this.#dying.push(this.#nodes[index]!.die());
    this.#nodes[index] = await Node.start(this.context);
  }

  /** In the middle of whatever they do; a commit among it may have been kept or not. */
  async #failDatabase(): Promise<void> {
    await this.context.db.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and usename = current_user",
      [NODES_AT_DATABASE],
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const peer of this.#peers) peer.cut();
    await Promise.all([...this.#dying, ...this.#nodes.map((node) => node.die())]);
  }
}
