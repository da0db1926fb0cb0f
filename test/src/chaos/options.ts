import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { seedFrom } from "@onrecord/core/testing/random";

const campaigns = ["fuzz", "hostile", "intake", "order", "crash", "simulate", "walk"] as const;

/** What `npm run chaos` was asked for. */
export interface Options {
  readonly campaign: (typeof campaigns)[number];
  readonly seed: number;
  readonly frames: number;
  readonly kills: number;
  readonly steps: number;
  readonly requests: number;
  /** It ends early after so many minutes. */
  readonly minutes: number;
  readonly json: boolean;
  /** Where editing traces lie. */
  readonly traces: string;
}

/** Where the editing traces lie unless told otherwise: beside the repository. */
export const tracesBeside = fileURLToPath(new URL("../../../../shared/data/traces", import.meta.url));

const help = `npm run chaos -- <campaign> [options]

Campaigns:
  fuzz       hostile frames against the product, over real sockets
  hostile    what a guest, or nobody, can do to others' work: what two colleagues in another document notice of it
  intake     hostile updates against what takes them into documents, without sockets: many times as many
  order      hostile frames and honest editors on two nodes without sockets, in an order that the seed decides: the same on any machine
  crash      the product and its Postgres killed while people type
  simulate   many clients on two nodes, with partitions, lost rights, dead nodes and failing commits
  walk       every door of the product by every kind of person: who may not see a document is told nothing of it

Options:
  --frames <n>     fuzz, intake, order: frames that the server shall have handled (1000000)
  --kills <n>      crash: how often (100)
  --steps <n>      simulate: how many (5000)
  --requests <n>   hostile: of each flood before sign-in (2000)
  --minutes <n>    ends early after so long
  --seed <n>       of everything random; printed at the start when none is given
  --traces <dir>   directory of the editing traces
  --json           print the verdict as JSON

Progress goes to standard error; the verdict's last line begins with HELD or BROKEN, and the exit code is 0 or 1.
`;

/** Reads the command line; the help where that was asked for or nothing else can be understood. */
export function readOptions(args: readonly string[]): Options | string {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      frames: { type: "string", default: "1000000" },
      kills: { type: "string", default: "100" },
      steps: { type: "string", default: "5000" },
      requests: { type: "string", default: "2000" },
      minutes: { type: "string", default: "1440" },
      seed: { type: "string" },
      traces: { type: "string", default: tracesBeside },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const campaign = campaigns.find((name) => name === positionals[0]);
  if (values.help || campaign === undefined) return help;
  return {
    campaign,
    seed: seedFrom(values.seed),
    frames: positive(values.frames),
    kills: positive(values.kills),
    steps: positive(values.steps),
    requests: positive(values.requests),
    minutes: positive(values.minutes),
    json: values.json,
    traces: values.traces,
  };
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new RangeError(`"${text}" is not a number above 0`);
  return number;
}
