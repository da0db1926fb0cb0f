import { Random } from "@onrecord/core/testing/random";
import { History } from "@onrecord/history/store/history";
import { addPerson, signedIn, type TestContext, testContext } from "@onrecord/testing/database";
import { addDocument, addGrant } from "@onrecord/testing/documents";
import { checkAllAgrees } from "../all-agrees.js";
import { becomes } from "../becomes.js";
import type { Tools } from "../check-history.js";
import { watchClientErrors } from "../client-errors.js";
import { Faults } from "../faults.js";
import { openStockEditor, type StockEditor } from "../stock-editor.js";
import type { Verdict } from "../verdict.js";
import { checkAttacked, checkBystanders } from "./aftermath.js";
import { Bystanders } from "./bystanders.js";
import { MeasuredServer } from "./measured-server.js";
import { makeSession, readSession } from "./session-updates.js";
import { Storm } from "./storm.js";
import { Recorded, Traffic } from "./traffic.js";

/** What a fuzz run is told. */
export interface FuzzOptions {
  readonly seed: number;
  /** Frames that the server shall have handled in the end. */
  readonly frames: number;
  /** Frames against one document before the next is taken and everything is looked at; some documents are attacked at a time. */
  readonly storm: number;
  /** Sockets that attack one document. */
  readonly attackers: number;
  /** Where editing traces lie. */
  readonly traces: string;
  /** Whether it shall end before its time. */
  readonly stopped: () => boolean;
  readonly onProgress: (line: string) => void;
}

/** Small enough that frames about the limit cost little. */
const FRAME_BYTES = 256 * 1024;
/** How much more may be in use at the end than after the first storms, in bytes. */
const GROWTH = 48 * 1024 * 1024;
/** Documents that are attacked at a time: of one alone, attackers and server wait for each other half of the time. */
const AT_ONCE = 3;
/** Every so many storms, one may contradict itself. */
const LIES_EVERY = 4;
/** Rooms are held for a while after everyone has left, in milliseconds. */
const LINGER = 12_000;

/** Attacks a server of its own with frames until it has handled so many, and tells what did not hold. */
export async function fuzz(options: FuzzOptions): Promise<Verdict> {
  const started = performance.now();
  const faults = new Faults((fault) => options.onProgress(`FAULT ${fault}`));
  using _watching = watchClientErrors((error) => faults.add(`an honest client failed: ${error}`));
  await using context = await testContext({
    ONRECORD_DEMO: "0",
    ONRECORD_MAX_FRAME_BYTES: String(FRAME_BYTES),
  });
  await using server = await MeasuredServer.start(context.env);
  const campaign = new Campaign(context, server, options, faults);
  const figures = await campaign.run();
  await checkAllAgrees(context, faults);
  const seconds = (performance.now() - started) / 1000;
  return { campaign: "fuzz", seed: options.seed, seconds, figures, faults: faults.all };
}

interface Person {
  readonly userId: string;
  readonly token: string;
}

class Campaign {
  readonly #random: Random;
  readonly #tools: Tools;
  readonly #session: readonly Uint8Array[];
  /** What stock clients sent. */
  readonly #recorded = new Recorded();
  #closes: Record<string, number> = {};
  #storms = 0;
  #handled = 0;
  #versions = 0;
  #milliseconds = 0;
  #cpu = 0;

  constructor(
    private readonly context: TestContext,
    private readonly server: MeasuredServer,
    private readonly options: FuzzOptions,
    private readonly faults: Faults,
  ) {
    this.#random = new Random(options.seed);
    const history = new History(context);
    this.#tools = { sql: context.db, history, random: this.#random, faults };
    this.#session = readSession(options.traces) ?? makeSession(this.#random.branch());
  }

  async run(): Promise<Record<string, number>> {
    const { faults, options, server } = this;
    const people = await Promise.all(Array.from({ length: 4 }, () => this.#person()));
    const [ana, ben, ...attackers] = people as [Person, Person, ...Person[]];
    const quiet = await this.#document([ana, ben], []);
    const editors: [StockEditor, StockEditor] = [this.#open(quiet, ana), this.#open(quiet, ben)];
    await becomes(() => editors.every(({ provider }) => provider.synced));
    const bystanders = new Bystanders(editors, this.#random.branch());
    const heaps: number[] = [];
    let losses = 0;
    try {
      while (this.#handled < options.frames && !options.stopped() && !faults.enough && !server.death) {
        const frames = Math.ceil(Math.min(options.storm, (options.frames - this.#handled) / AT_ONCE));
        // Drawn before anything is waited for, so that what is sent follows from the seed.
        const storms = Array.from({ length: AT_ONCE }, () => ({
          random: this.#random.branch(),
          lies: this.#storms++ % LIES_EVERY === LIES_EVERY - 1,
        }));
        await Promise.all(storms.map((storm) => this.#storm(ana, attackers, frames, storm)));
        if (server.death) break;
        heaps.push(await this.#use());
        this.options.onProgress(this.#line(heaps));
      }
      await bystanders.stop();
      losses = bystanders.losses;
      if (server.death) faults.add(server.death);
      else {
        await checkBystanders(this.#tools, quiet, bystanders);
        heaps.push(await this.#memoryAtRest());
        faults.unless(
          heaps.at(-1)! < heaps[0]! + GROWTH,
          `memory grew: ${heaps.map(megabytes).join(", ")} MB after each storm`,
        );
      }
    } finally {
      for (const editor of editors) editor[Symbol.dispose]();
    }
    return {
      frames: this.#handled,
      "frames per second": Math.round((1000 * this.#handled) / this.#milliseconds),
      "CPU milliseconds of the server per frame": Math.round((100 * this.#cpu) / this.#handled) / 100,
      versions: this.#versions,
      "edits of bystanders": bystanders.edits,
      "losses of bystanders": losses,
      "MB after the first storm": megabytes(heaps[0] ?? 0),
      "MB at the end": megabytes(heaps.at(-1) ?? 0),
      ...Object.fromEntries(
        Object.entries(this.#closes).map(([code, count]) => [`closed with ${code}`, count]),
      ),
    };
  }

  /** One document is attacked; then a newcomer must find it well, and everyone must agree with the table. */
  async #storm(
    witness: Person,
    [viewer, ...writers]: readonly Person[],
    frames: number,
    { random, lies }: { readonly random: Random; readonly lies: boolean },
  ): Promise<void> {
    const documentId = await this.#document([witness, ...writers], [viewer!]);
    using seeing = this.#open(documentId, witness);
    await becomes(() => seeing.provider.synced);
    seeing.text.insert(0, "A document that will be attacked. ");
    const started = performance.now();
    const storm = new Storm({
      lies,
      rooms: this.server.rooms,
      documentId,
      witness: seeing.doc,
      writers: writers.map(({ token }) => token),
      viewer: viewer!.token,
      attackers: this.options.attackers,
      random: random.branch(),
      traffic: new Traffic(this.#session, this.#recorded),
      frameBytes: FRAME_BYTES,
      awarenessBytes: this.context.config.limits.awarenessBytes,
      faults: this.faults,
    });
    const handled = await storm.rage(frames, () => this.server.death !== undefined || this.options.stopped());
    this.#handled += handled;
    this.#milliseconds += (performance.now() - started) / AT_ONCE;
    for (const [code, count] of storm.closes) this.#closes[code] = (this.#closes[code] ?? 0) + count;
    if (this.server.death) return;
    using newcomer = this.#open(documentId, witness);
    const versions = await checkAttacked({ ...this.#tools, random }, documentId, seeing, newcomer, !lies);
    this.#versions += versions;
  }

  /** What is in use when all rooms but the bystanders' have been let go. */
  async #memoryAtRest(): Promise<number> {
    await new Promise((resolve) => setTimeout(resolve, LINGER));
    return this.#use();
  }

  async #use(): Promise<number> {
    const { heapUsed, external, cpu } = await this.server.usage();
    this.#cpu = cpu;
    return heapUsed + external;
  }

  async #person(): Promise<Person> {
    return signedIn(this.context.db, await addPerson(this.context.db));
  }

  async #document(writers: readonly Person[], viewers: readonly Person[]): Promise<string> {
    const documentId = await addDocument(this.context);
    for (const { userId } of writers) await addGrant(this.context, documentId, userId, "EDIT");
    for (const { userId } of viewers) await addGrant(this.context, documentId, userId, "VIEW");
    return documentId;
  }

  #open(documentId: string, { token }: Person): StockEditor {
    return openStockEditor({
      rooms: this.server.rooms,
      documentId,
      token,
      onSend: (frame) => this.#recorded.add(frame),
    });
  }

  #line(heaps: readonly number[]): string {
    const rate = Math.round((1000 * this.#handled) / this.#milliseconds);
    const closes = Object.values(this.#closes).reduce((sum, count) => sum + count, 0);
    return `${this.#handled} of ${this.options.frames} frames, ${rate}/s, ${closes} closed, ${this.#versions} versions, ${megabytes(heaps.at(-1)!)} MB, ${this.faults.all.length} faults`;
  }
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}
