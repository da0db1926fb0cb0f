import { checkData } from "@onrecord/history/check/check-data";
import { Database } from "@onrecord/postgres/database";
import type { TestContext } from "@onrecord/testing/database";
import type { Faults } from "./faults.js";

/** Holds all that a campaign has left in its database against itself, as `onrecord doctor --data` does. */
export async function checkAllAgrees({ env, keys, log }: TestContext, faults: Faults): Promise<void> {
  await using db = new Database(env.DATABASE_ADMIN_URL, { log, max: 1, name: "doctor" });
  await checkData({ db, keys }, ({ subject, id, text }) => faults.add(`${subject} ${id}: ${text}`));
}
