import { existsSync } from "node:fs";
import { join } from "node:path";
import { readTrace } from "@onrecord/cli/replay/trace";
import { Random } from "@onrecord/core/testing/random";
import { crash } from "./crash/crash.js";
import { makeTrace } from "./crash/made-trace.js";
import { fuzz } from "./fuzz/fuzz.js";
import { attackIntake } from "./fuzz/intake.js";
import { attackInOrder } from "./fuzz/order.js";
import { hostile } from "./hostile/hostile.js";
import type { Options } from "./options.js";
import { simulate } from "./simulate/simulate.js";
import type { Verdict } from "./verdict.js";
import { walk } from "./walk/walk.js";

/** Sockets that attack at a time, and frames against one document: what each costs grows with what is in it. */
const ATTACKERS = 12;
const STORM = 1000;
/** How many times faster than it was typed the three people's session is replayed. */
const SPEED = 60;
const MADE_CHANGES = 5000;
/** Length of the large bodies that are sent before sign-in, in bytes. */
const LARGE = 24_000_000;
/** How long a guest attacks, in milliseconds: the colleagues look at least 100 times meanwhile, or the longest would be their 99th percentile. */
const EACH_MS = 10_000;
/** Rows of the table that a guest reads again and again. */
const ROWS = 5000;

/** Runs a campaign to its verdict. */
export async function run(options: Options, onProgress: (line: string) => void): Promise<Verdict> {
  const { campaign, seed, traces, frames, kills, steps, minutes } = options;
  const ends = Date.now() + minutes * 60_000;
  const common = { seed, onProgress, stopped: () => Date.now() > ends };
  switch (campaign) {
    case "fuzz":
      return fuzz({ ...common, traces, frames, attackers: ATTACKERS, storm: Math.min(STORM, frames) });
    case "hostile":
      return hostile({
        ...common,
        each: EACH_MS,
        requests: options.requests,
        bytes: LARGE,
        rows: ROWS,
        patience: 100,
      });
    case "intake":
      return attackIntake({ ...common, traces, frames });
    case "order":
      return attackInOrder({ ...common, traces, frames });
    case "crash": {
      const path = join(traces, "clownschool.json.gz");
      const trace = existsSync(path) ? await readTrace(path) : makeTrace(new Random(seed), MADE_CHANGES);
      return crash({ ...common, kills, trace, speed: SPEED });
    }
    case "walk":
      return walk({ seed, onProgress });
    case "simulate":
      return simulate({ ...common, steps });
  }
}
