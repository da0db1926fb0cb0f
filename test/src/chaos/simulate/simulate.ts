import { Database } from "@onrecord/postgres/database";
import { testContext } from "@onrecord/testing/database";
import { checkAllAgrees } from "../all-agrees.js";
import { Faults } from "../faults.js";
import type { Verdict } from "../verdict.js";
import { World } from "./world.js";

/** What a simulation is told. */
export interface SimulateOptions {
  readonly seed: number;
  readonly steps: number;
  readonly stopped: () => boolean;
  readonly onProgress: (line: string) => void;
}

/** Steps after which everything is healed and everyone must agree: whoever reconnects in between gets what they had been kept from. */
const HEAL_EVERY = 60;

/** Lets many clients edit one document on two nodes while everything around them fails, and looks at the table after each step. */
export async function simulate(options: SimulateOptions): Promise<Verdict> {
  const started = performance.now();
  const faults = new Faults((fault) => options.onProgress(`FAULT ${fault}`));
  await using context = await testContext();
  await using db = new Database(context.env.DATABASE_URL!, { log: context.log, name: "auditor" });
  await using world = await World.create({ ...context, db }, options.seed, faults);
  for (let step = 1; step <= options.steps && !options.stopped() && !faults.enough; step++) {
    await world.step(step);
    if (step % HEAL_EVERY === 0 || step === options.steps) {
      await world.heal(step);
      options.onProgress(
        `${step} of ${options.steps} steps, version ${world.auditor.version}, ${faults.all.length} faults`,
      );
    }
  }
  await checkAllAgrees(context, faults);
  const seconds = (performance.now() - started) / 1000;
  const figures = {
    ...world.did,
    versions: world.auditor.version,
    "steps per second": Math.round(options.steps / seconds),
  };
  return { campaign: "simulate", seed: options.seed, seconds, figures, faults: faults.all };
}
