import { setTimeout as delay } from "node:timers/promises";
import { closeCode } from "@onrecord/collab-protocol/protocol";
import { newId } from "@onrecord/core/ids";
import { Random } from "@onrecord/core/testing/random";
import { History } from "@onrecord/history/store/history";
import type { Tx } from "@onrecord/postgres/database";
import { addPerson, signedIn, type TestContext } from "@onrecord/testing/database";
import { addDocument, addGrant, removeGrant } from "@onrecord/testing/documents";
import { becomes } from "../becomes.js";
import type { Faults } from "../faults.js";
import { difference, outline } from "../outline.js";
import { Auditor } from "./auditor.js";
import { Node } from "./node.js";
import { Peer } from "./peer.js";

const USERS = 6;
const SESSIONS = 3;
const PEERS = 14;
const NODES = 2;
/** How long healing may take, in milliseconds. */
const PATIENCE = 60_000;
/** What nodes call themselves at the database; the auditor is called otherwise, and survives. */
const NODES_AT_DATABASE = "onrecord";

/** What one that keeps to the protocol may be sent away with for good: its right or its session has ended. */
const CODES_FOR_THE_HONEST: ReadonlySet<number> = new Set([
  closeCode.unauthenticated,
  closeCode.forbidden,
  closeCode.gone,
]);

interface Session {
  readonly id: string;
  readonly token: string;
}
interface User {
  readonly userId: string;
  /** Each its own browser or program. */
  readonly sessions: Session[];
  /** How they come to their right: by a grant of their own, or as members of a department. */
  readonly by: "grant" | "department";
  grantId: string | undefined;
  mayEdit: boolean;
  isActive: boolean;
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
  { weight: 3, name: "end session" },
  { weight: 1, name: "deactivate" },
  { weight: 3, name: "activate" },
  { weight: 0.7, name: "node dies" },
  { weight: 4, name: "connections to the database die" },
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
    private readonly departmentId: string,
    private readonly users: readonly User[],
    readonly auditor: Auditor,
    private readonly faults: Faults,
    seed: number,
  ) {
    this.#random = new Random(seed);
  }

  static async create(context: TestContext, seed: number, faults: Faults): Promise<World> {
    const documentId = await addDocument(context);
    const departmentId = newId();
    await context.db.query("insert into identity.department (id, name) values ($1, 'Writers')", [
      departmentId,
    ]);
    await addGrant(context, documentId, departmentId, "EDIT");
    const users = await Promise.all(
      Array.from({ length: USERS }, async (_, n): Promise<User> => {
        const by = n % 2 === 0 ? "grant" : "department";
        const userId = await addPerson(context.db, by === "department" ? { departmentId } : {});
        const grantId = by === "grant" ? await addGrant(context, documentId, userId, "EDIT") : undefined;
        const sessions = await Promise.all(
          Array.from({ length: SESSIONS }, async (): Promise<Session> => {
            const { sessionId, token } = await signedIn(context.db, userId);
            return { id: sessionId, token };
          }),
        );
        return { userId, sessions, by, grantId, mayEdit: true, isActive: true };
      }),
    );
    const history = new History(context);
    const auditor = new Auditor(context.db, history, documentId, faults);
    const world = new World(context, documentId, departmentId, users, auditor, faults, seed);
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
    for (const user of this.users) {
      if (!user.isActive) await this.#activate(user);
      if (!user.mayEdit) await this.#grant(user);
    }
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
        return user.mayEdit ? undefined : this.#grant(user);
      case "end session":
        return this.#endSession(user);
      case "deactivate":
        return user.isActive ? this.#deactivate(user) : undefined;
      case "activate":
        return user.isActive ? undefined : this.#activate(user);
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
    const { token } = peer.session;
    peer.connect(`${this.#random.pick(this.#nodes).rooms}/${this.documentId}?token=${token}&ack=1`);
  }

  #newcomer(user: User): void {
    const peer = new Peer(user.userId, this.#random.pick(user.sessions));
    this.auditor.knows(peer);
    this.#peers.push(peer);
    this.#connect(peer);
  }

  /** A page that was sent away for good is closed, and its user opens another. */
  #replaceClosed(number: number): void {
    for (const [index, peer] of [...this.#peers.entries()].reverse()) {
      if (peer.closed === undefined) continue;
      this.faults.unless(
        CODES_FOR_THE_HONEST.has(peer.closed),
        `seed ${this.#random.seed}, step ${number}: an honest peer was closed with ${peer.closed}`,
      );
      const user = this.users.find(({ userId }) => userId === peer.userId)!;
      if (!user.mayEdit || !user.isActive) continue;
      this.#peers.splice(index, 1);
      this.#newcomer(user);
    }
  }

  /**
   * The version at which the right ends is read where no commit on it can come between: behind the change's end, which waits for those
   * under way and refuses all that follow.
   */
  async #take(id: string, change: (tx: Tx) => Promise<unknown>): Promise<void> {
    const version = await this.context.db.transaction(async (tx) => {
      await change(tx);
      await tx.query("select permissions.conclude()");
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
    this.auditor.bar(id, version);
  }

  async #revoke(user: User): Promise<void> {
    if (!user.mayEdit || !user.isActive) return;
    const { userId, by, grantId } = user;
    user.mayEdit = false;
    user.grantId = undefined;
    await this.#take(userId, (tx) =>
      by === "grant"
        ? removeGrant(tx, grantId!)
        : tx.query("update identity.user set department_id = null where id = $1", [userId]),
    );
  }

  async #grant(user: User): Promise<void> {
    const { userId, by } = user;
    if (user.isActive) this.auditor.unbar(userId);
    user.mayEdit = true;
    if (by === "grant") user.grantId = await addGrant(this.context, this.documentId, userId, "EDIT");
    else
      await this.context.db.query("update identity.user set department_id = $2 where id = $1", [
        userId,
        this.departmentId,
      ]);
  }

  async #deactivate(user: User): Promise<void> {
    user.isActive = false;
    if (!user.mayEdit) {
      await this.context.db.query("update identity.user set active = false where id = $1", [user.userId]);
      return;
    }
    await this.#take(user.userId, (tx) =>
      tx.query("update identity.user set active = false where id = $1", [user.userId]),
    );
  }

  async #activate(user: User): Promise<void> {
    user.isActive = true;
    if (user.mayEdit) this.auditor.unbar(user.userId);
    await this.context.db.query("update identity.user set active = true where id = $1", [user.userId]);
  }

  /** One of somebody's sessions ends, the others go on, and they sign in again. */
  async #endSession(user: User): Promise<void> {
    // Nobody signs in to a deactivated account.
    if (!user.isActive) return;
    const [ended] = user.sessions.splice(this.#random.int(0, user.sessions.length - 1), 1);
    const { token, sessionId } = await signedIn(this.context.db, user.userId);
    user.sessions.push({ id: sessionId, token });
    await this.#take(ended!.id, (tx) =>
      tx.query("update identity.session set ended_at = clock_timestamp() where id = $1", [ended!.id]),
    );
  }

  async #killNode(): Promise<void> {
    const index = this.#random.int(0, this.#nodes.length - 1);
    this.#dying.push(this.#nodes[index]!.die());
    this.#nodes[index] = await Node.start(this.context);
  }

  /** In the middle of whatever they do; a commit among it may have been kept or not. */
  async #failDatabase(): Promise<void> {
    await this.context.db.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = $1 and usename = current_user",
      [NODES_AT_DATABASE],
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const peer of this.#peers) peer.cut();
    await Promise.all([...this.#dying, ...this.#nodes.map((node) => node.die())]);
  }
}
