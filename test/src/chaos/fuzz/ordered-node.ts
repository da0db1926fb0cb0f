import { Room } from "@onrecord/collab/room/room";
import type { RoomHost } from "@onrecord/collab/room/room-host";
import { Lane } from "@onrecord/core/lane";
import type { DocumentChanges } from "@onrecord/history/store/commit";
import type { Table } from "./table.js";

/** Statements that a node has under way at most, as the committer. */
const DEPTH = 2;

/** A node with one room, whose commits begin and end when it is told to. */
export class OrderedNode {
  room: Room;
  readonly #underWay: DocumentChanges[] = [];
  /** States that differed from the record, by what. */
  readonly diverged = { ORDER: 0, STATE: 0 };
  /** What did not end in a version at once, or made a room start anew. */
  readonly counts = { conflicts: 0, "rooms given up": 0, "changes refused later": 0 };

  constructor(private readonly table: Table) {
    this.room = this.#open();
  }

  /** Hands over what waits. */
  begin(): void {
    if (this.#underWay.length >= DEPTH) return;
    const part = this.room.take();
    if (part) this.#underWay.push(part);
  }

  /** Ends the oldest commit under way. */
  end(): void {
    const part = this.#underWay.shift();
    if (!part) return;
    const outcome = this.table.commit(part);
    if (outcome.outcome !== "COMMITTED") this.counts.conflicts++;
    this.room.settle(outcome);
  }

  /** Hears that others have committed. */
  hear(): void {
    this.room.catchUp(this.table.head);
  }

  /** Has what it holds looked at, if it is all committed. */
  check(): void {
    if (!this.isQuiet) return;
    const { encoded, later } = this.room.content.held();
    const what = this.table.store(this.room.version, [encoded.state, ...later]);
    if (what !== "SAME") this.diverged[what]++;
  }

  get isQuiet(): boolean {
    return this.#underWay.length === 0 && this.room.idle;
  }

  #open(): Room {
    const { table } = this;
    const none = () => undefined;
    const host: RoomHost<Room> = {
      // How fast the machine is must not change anything.
      sliceMs: Number.POSITIVE_INFINITY,
      lane: new Lane(Number.POSITIVE_INFINITY),
      limits: {
        documentBytes: 1e9,
        documentClients: 1e6,
        mergeSteps: 1e9,
        awarenessBytes: 1e6,
        awarenessClients: 1e3,
        documentAwarenessBytes: 1e6,
      },
      schedule: none,
      isDoubtful: () => false,
      decideAgain: none,
      now: () => 0,
      presenceChanged: none,
      readGap: (_id, _key, after) => Promise.resolve(table.since(after)),
      bindings: (_id, clientIds) =>
        Promise.resolve(table.bindings.filter(({ clientId }) => clientIds?.includes(clientId) ?? true)),
      reload: (_id, version) => Promise.resolve(table.load(version)),
      // When this comes depends on a clock: `check` does it when it is told to.
      check: none,
      refused: (_room, connection, why) => {
        this.counts["changes refused later"]++;
        connection.close(why);
      },
      evict: (room, why) => {
        this.counts["rooms given up"]++;
        // What was under way is committed or not; the new room reads the table.
        for (const part of this.#underWay.splice(0)) table.commit(part);
        room.close(why);
        this.room = this.#open();
      },
    };
    return new Room("a document", table.read(), [...table.bindings], host);
  }
}
