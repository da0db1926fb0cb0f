import { createLogger } from "@onrecord/core/log";
import { reachOwner } from "../backup/reach-owner.js";
import { examineData } from "../doctor/examine-data.js";
import { print, printJson, tell } from "../output.js";
import { readOperated } from "../place.js";

/** What `onrecord doctor --data` ends with. */
const CLEAN = 0;
const FAULTY = 1;
const COULD_NOT_LOOK = 2;

/**
 * `onrecord doctor --data`: holds heads, versions, entries, states and rights against each other, and opens and makes again every document.
 * Exit code 0 when all agree, 1 when something does not, 2 when it could not look.
 */
export async function doctorData({ json }: { json?: boolean }): Promise<void> {
  try {
    const { config, secrets } = readOperated();
    await using owner = await reachOwner(config, secrets, createLogger(config.logLevel));
    const faults = await examineData(owner.adminUrl, config, secrets, tell);
    if (json) printJson(faults);
    else if (faults.length === 0) print("Everything agrees.");
    else for (const { subject, id, text } of faults) print(`${subject}  ${id ?? "–"}  ${text}`);
    process.exitCode = faults.length === 0 ? CLEAN : FAULTY;
  } catch (error) {
    // Whatever it is: code 1 would say that something does not agree.
    tell(error instanceof Error ? error.message : String(error));
    process.exitCode = COULD_NOT_LOOK;
  }
}
