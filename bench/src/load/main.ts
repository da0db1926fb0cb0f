import { sentence } from "../failure.js";
import { me } from "../traces/me.js";
import { workloads } from "../workloads/all.js";
import type { Job, Outcome } from "./job.js";

/** The load process: does one job, says what it came to, and ends. */
process.once("message", (message) => {
  // Only our own parent has the other end of this channel.
  const job = message as Job;
  perform(job)
    .catch((error: unknown): Outcome => ({ ok: false, failure: sentence(error) }))
    .then((outcome) => process.send?.(outcome, () => process.exit(0)));
});
process.once("disconnect", () => process.exit(1));

async function perform({ workload: name, step, target, settings }: Job): Promise<Outcome> {
  const workload = [...workloads, me].find((workload) => workload.name === name)!;
  switch (step) {
    case "seed":
      await workload.seed?.(target, settings);
      return { ok: true, numbers: {} };
    case "run":
      return { ok: true, numbers: await workload.run(target, settings) };
  }
}
