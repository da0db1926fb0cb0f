import { Authors } from "@onrecord/collab/authorship/authors";
import type { Connection } from "@onrecord/collab/connection/connection";
import { type Arrival, dropUnconnected, takeRun } from "@onrecord/collab/updates/intake";
import { message, sync } from "@onrecord/collab-protocol/protocol";
import { Random } from "@onrecord/core/testing/random";
import { effectiveUpdate } from "@onrecord/history/edit/effective-update";
import { applyCommitted } from "@onrecord/history/store/apply-committed";
import type { Principal } from "@onrecord/policy/principal";
import * as decoding from "lib0/decoding";
import * as Y from "yjs";
import { Faults } from "../faults.js";
import { difference, outline } from "../outline.js";
import type { Verdict } from "../verdict.js";
import { makeFrame } from "./frames.js";
import { makeSession, readSession } from "./session-updates.js";
import { Target } from "./target.js";
import { Traffic } from "./traffic.js";

/** What a run against the intake is told. */
export interface IntakeOptions {
  readonly seed: number;
  readonly frames: number;
  /** Where editing traces lie. */
  readonly traces: string;
  readonly stopped: () => boolean;
  readonly onProgress: (line: string) => void;
}

/** Frames against one document. */
const PER_DOCUMENT = 1500;
/** Every so many documents, attackers may contradict themselves. */
const LIES_EVERY = 4;
const ATTACKERS = 5;
const LIMITS = { frameBytes: 256 * 1024, awarenessBytes: 8192 };

/**
 * The updates of the fuzzer's frames, straight into what takes them in: no sockets, no database, and so many times as many in the same
 * time. A document that took them in runs must be, at any version, what its changes make one by one.
 */
export function attackIntake({ seed, frames, traces, stopped, onProgress }: IntakeOptions): Verdict {
  const started = performance.now();
  const random = new Random(seed);
  const faults = new Faults((fault) => onProgress(`FAULT ${fault}`));
  const session = readSession(traces) ?? makeSession(random.branch());
  const sum = { frames: 0, versions: 0, refused: 0, "started over": 0 };
  for (let count = 0; sum.frames < frames && !faults.enough && !stopped(); count++) {
    const branch = random.branch();
    const traffic = new Traffic(session);
    const attacked = new Attacked(branch, traffic, count % LIES_EVERY === LIES_EVERY - 1, sum);
    const fault = attacked.suffer(Math.min(PER_DOCUMENT, frames - sum.frames));
    if (fault) faults.add(`the document of seed ${branch.seed}: ${fault}`);
    if (count % 50 === 49) onProgress(`${sum.frames} of ${frames} frames, ${sum.versions} versions`);
  }
  const seconds = (performance.now() - started) / 1000;
  return { campaign: "intake", seed, seconds, figures: sum, faults: faults.all };
}

interface Attacker {
  readonly connection: Connection & { listening: boolean };
  readonly target: Target;
}

/** One document, as a room has it, as the table has it, and as others are told of it. */
class Attacked {
  #live = new Y.Doc();
  readonly #changes: Uint8Array[] = [];
  readonly #replayed = new Y.Doc();
  readonly #cached = new Y.Doc();
  readonly #witness = new Y.Doc();
  readonly #authors = new Authors([], new Set<Connection>());
  readonly #attackers: Attacker[];

  constructor(
    private readonly random: Random,
    private readonly traffic: Traffic,
    private readonly lies: boolean,
    private readonly sum: { frames: number; versions: number; refused: number; "started over": number },
  ) {
    this.#attackers = Array.from({ length: ATTACKERS }, (_, number) => this.#attacker(number));
  }

  /** Takes so many frames; returns what is wrong then. */
  suffer(frames: number): string | undefined {
    for (const end = this.sum.frames + frames; this.sum.frames < end; ) {
      const arrived = Array.from({ length: this.random.int(1, 4) }, () => this.#burst()).flat();
      for (let suspects = 0; arrived.length > 0; ) suspects = this.#take(arrived, suspects);
      for (const { target } of this.#attackers) target.settled();
      const fault = this.random.chance(0.1) && this.#fault();
      if (fault) return fault;
    }
    return this.#fault();
  }

  #attacker(number: number): Attacker {
    const principal = { userId: `attacker ${number % 3}` } as Principal;
    const connection = { listening: true, mayEdit: true, principal } as Attacker["connection"];
    const clients = [this.random.int(1, 2 ** 32), this.random.int(2 ** 32, 2 ** 53 - 1)];
    const victims = [this.#witness.clientID];
    return {
      connection,
      target: new Target(this.random.branch(), this.#witness, clients, victims, this.traffic),
    };
  }

  /** Some frames of one of them, who comes again with other clientIDs when it was refused. */
  #burst(): Arrival[] {
    const number = this.random.int(0, ATTACKERS - 1);
    if (!this.#attackers[number]!.connection.listening) this.#attackers[number] = this.#attacker(number);
    const { connection, target } = this.#attackers[number]!;
    const count = this.random.pick([1, 4, 16, 32]);
    this.sum.frames += count;
    return Array.from({ length: count }, () =>
      updateOf(makeFrame(target, { ...LIMITS, lies: this.lies })),
    ).flatMap((sent) =>
      sent ? [{ ...sent, bytes: sent.update.length, connection, tell: () => undefined }] : [],
    );
  }

  /** One run; returns how many at the front are to be taken one by one. */
  #take(arrived: Arrival[], suspects: number): number {
    const most = this.random.chance(0.3) ? this.random.int(1, 20) : Number.POSITIVE_INFINITY;
    const budget = { bytes: 1e9, clients: 1e6, arrivals: suspects > 0 ? 1 : most, steps: 1e9, sliceMs: 1e9 };
    const run = takeRun(this.#live, this.#authors, arrived, budget);
    for (const [{ connection }, { outcome }] of run.receptions)
      if (outcome === "refused") {
        (connection as Attacker["connection"]).listening = false;
        this.sum.refused++;
      }
    const updates = run.broken ? this.#startOver(run.taken) : run.taken.map(({ update }) => update);
    for (const update of updates) applyCommitted(this.#replayed, update);
    this.#changes.push(...updates);
    this.sum.versions += updates.length;
    const sent = run.broken || run.merged === null ? updates : [run.merged];
    for (const update of sent) {
      applyCommitted(this.#cached, update);
      Y.applyUpdate(this.#witness, update);
    }
    return run.suspects || Math.max(0, suspects - 1);
  }

  /** As a room does: the document as its changes make it, and on top of it again what was taken. */
  #startOver(taken: readonly { readonly update: Uint8Array }[]): Uint8Array[] {
    this.sum["started over"]++;
    this.#live = new Y.Doc();
    for (const update of this.#changes) applyCommitted(this.#live, update);
    return taken.flatMap(({ update }) => {
      const effective = effectiveUpdate(this.#live, update);
      dropUnconnected(this.#live);
      return effective ?? [];
    });
  }

  #fault(): string | undefined {
    const live = outline(this.#live);
    const compare = (what: string, other: Y.Doc) => {
      const differs = difference(live, outline(other));
      return differs && `after ${this.sum.versions} versions the room's is not ${what}: ${differs}`;
    };
    return (
      compare("what its changes make one by one", this.#replayed) ??
      // The order of what contradicts itself is not defined.
      (this.lies
        ? undefined
        : (compare("what it told others", this.#cached) ??
          compare("what it tells newcomers", copy(this.#live))))
    );
  }
}

function copy(doc: Y.Doc): Y.Doc {
  const fresh = new Y.Doc();
  applyCommitted(fresh, Y.encodeStateAsUpdate(doc));
  return fresh;
}

/** The update in a frame, where there is one. */
export function updateOf({
  data,
  text,
}: {
  data: Uint8Array;
  text?: boolean;
}): Pick<Arrival, "update" | "step"> | undefined {
  if (text || data[0] !== message.sync || (data[1] !== sync.step2 && data[1] !== sync.update))
    return undefined;
  try {
    const decoder = decoding.createDecoder(data.subarray(2));
    return {
      update: decoding.readVarUint8Array(decoder).slice(),
      step: data[1] === sync.step2 ? "step2" : "update",
    };
  } catch {
    return undefined;
  }
}
