import { setTimeout as delay } from "node:timers/promises";
import { drive } from "@onrecord/cli/replay/driver";
import { Seat } from "@onrecord/cli/replay/seat";
import { type Keystroke, shadow } from "@onrecord/cli/replay/shadow";
import type { Trace } from "@onrecord/cli/replay/trace";
import { Random } from "@onrecord/core/testing/random";
import { Server } from "../../server.js";
import { becomes } from "../becomes.js";
import { checkHistory } from "../check-history.js";
import { Faults } from "../faults.js";
import { openStockEditor, type StockEditor } from "../stock-editor.js";
import type { Verdict } from "../verdict.js";
import { kill, type Victim } from "./kill.js";
import { openTable } from "./table.js";
import { Witness } from "./witness.js";

/** What a crash campaign is told. */
export interface CrashOptions {
  readonly seed: number;
  readonly kills: number;
  readonly trace: Trace;
  /** How many times faster than it was typed the trace is replayed. */
  readonly speed: number;
  readonly stopped: () => boolean;
  readonly onProgress: (line: string) => void;
}

const TYPISTS = ["analyst1", "analyst2", "analyst3"];
const VICTIMS: readonly (Victim & string)[] = ["server", "server", "server", "postgres", "both"];
/** The server lives at most so long between two kills, in milliseconds. */
const LIFE = 2500;
/** How long anything may take on a busy machine, in milliseconds. */
const PATIENCE = 300_000;
/** Changes of one client that may be under way: people go on typing while there is no server. */
const WINDOW = 2000;

/** Kills the product again and again while people type a trace, and compares what they were told with the table each time. */
export async function crash(options: CrashOptions): Promise<Verdict> {
  const started = performance.now();
  const faults = new Faults((fault) => options.onProgress(`FAULT ${fault}`));
  await using server = await Server.create();
  await server.start();
  const campaign = new Campaign(server, options, faults);
  await campaign.run();
  const seconds = (performance.now() - started) / 1000;
  return { campaign: "crash", seed: options.seed, seconds, figures: campaign.figures, faults: faults.all };
}

class Campaign {
  readonly figures = {
    kills: 0,
    "of the server": 0,
    "of its Postgres": 0,
    "of both": 0,
    replays: 0,
    changes: 0,
    versions: 0,
    acknowledgements: 0,
  };
  readonly #random: Random;

  constructor(
    private readonly server: Server,
    private readonly options: CrashOptions,
    private readonly faults: Faults,
  ) {
    this.#random = new Random(options.seed);
  }

  async run(): Promise<void> {
    const { kills, stopped } = this.options;
    while (this.figures.kills < kills && !stopped() && !this.faults.enough) await this.#replay();
  }

  /** One document, typed from beginning to end. */
  async #replay(): Promise<void> {
    const { server, options, faults, figures } = this;
    const tokens = await Promise.all(TYPISTS.map((person) => server.signIn(person)));
    const documentId = await server.createText(tokens[0]!, "Killed while typing");
    using opened = new DisposableStack();
    const editors = tokens.map((token) =>
      opened.use(
        openStockEditor({
          rooms: `${server.url.replace("http", "ws")}/collab`,
          documentId,
          token,
          params: { ack: "1" },
        }),
      ),
    );
    const witnesses = editors.map((editor, index) => new Witness(TYPISTS[index]!, editor));
    if (!(await becomes(() => editors.every(({ provider }) => provider.synced))))
      return faults.add("the typists could not join");
    const typing = await keystrokes(options.trace, editors);
    const seats = editors.map(({ doc }, agent) => new Seat(doc, agent, typing));
    const typed = drive(seats, {
      speed: options.speed,
      window: WINDOW,
      patience: PATIENCE,
      aborted: Promise.race(editors.map(closed)),
    });
    let done = false;
    const ended = typed
      .then(undefined, (error: unknown) => faults.add(`the typists could not finish: ${String(error)}`))
      .finally(() => {
        done = true;
      });
    for (;;) {
      // Mostly people are at work when it happens; sometimes they are still coming back.
      if (this.#random.chance(0.8))
        await becomes(() => done || editors.every(({ provider }) => provider.synced), PATIENCE);
      await Promise.race([delay(this.#random.int(0, LIFE)), ended]);
      if (done || figures.kills >= options.kills || options.stopped() || faults.enough) break;
      await this.#killAndCompare(documentId, witnesses);
    }
    await ended;
    figures.replays++;
    figures.changes += typing.flat().length;
    figures.acknowledgements += witnesses.reduce((sum, { acknowledgements }) => sum + acknowledgements, 0);
    await this.#checkEnd(documentId, tokens[0]!, editors);
  }

  async #killAndCompare(documentId: string, witnesses: readonly Witness[]): Promise<void> {
    const { figures, server, faults, options } = this;
    const victim = this.#random.pick(VICTIMS);
    await kill(server, victim);
    figures.kills++;
    figures[victim === "server" ? "of the server" : victim === "postgres" ? "of its Postgres" : "of both"]++;
    const when = `after kill ${figures.kills} (${victim})`;
    let version: number;
    {
      // Nobody can reach a server now, so what is missing here cannot have been sent again.
      await using table = await openTable(server.dataDir);
      const head = await table.history.load(documentId);
      for (const witness of witnesses) witness.compare(head, when, faults);
      version = head.version;
    }
    options.onProgress(`${when}: version ${version}, ${faults.all.length} faults`);
    await server.start();
  }

  async #checkEnd(documentId: string, token: string, editors: readonly StockEditor[]): Promise<void> {
    const { faults, server, options } = this;
    const wanted = options.trace.endContent;
    const differing = editors.filter(({ text }) => text.toString() !== wanted).length;
    faults.unless(
      differing === 0,
      `${differing} of ${editors.length} typists do not end at the trace's text (${documentId})`,
    );
    const agrees = async () => {
      const { document } = await server.ask<{ document: { content: string } }>(
        "query ($id: ID!) { document(id: $id) { content } }",
        { id: documentId },
        token,
      );
      return document.content === wanted;
    };
    faults.unless(await becomes(agrees), `the server's text is not the trace's (${documentId})`);
    await using table = await openTable(server.dataDir);
    const { versions } = await checkHistory(
      { sql: table.context.db, history: table.history, random: this.#random, faults },
      documentId,
    );
    this.figures.versions += versions;
  }
}

async function keystrokes(trace: Trace, editors: readonly StockEditor[]): Promise<Keystroke[][]> {
  const typing: Keystroke[][] = editors.map(() => []);
  let made = 0;
  for (const keystroke of shadow(
    trace,
    editors.map(({ doc }) => doc.clientID),
  )) {
    typing[keystroke.agent]!.push(keystroke);
    // The sockets are open, and a client that hears nothing for half a minute hangs up.
    if (++made % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return typing;
}

/** Rejects when a typist is sent away for good. */
function closed({ provider }: StockEditor): Promise<never> {
  return new Promise((_, reject) =>
    provider.on("closed", ({ code, reason }) => reject(new Error(`closed with ${code}: ${reason}`))),
  );
}
