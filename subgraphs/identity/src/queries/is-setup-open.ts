import { BatchQueue } from "@onrecord/core/batch-queue";
import type { Sql } from "@onrecord/postgres/database";
import { isUnavailable } from "@onrecord/postgres/unavailable";

/** Whether there never was an administrator. */
export async function isSetupOpen(sql: Sql): Promise<boolean> {
  const [row] = await sql.query<{ open: boolean }>("select identity.setup_open() as open");
  return row?.open ?? false;
}

/** The same for strangers, who may ask as often as they like: one statement for all who ask at a time, and none once there was one. */
export class SetupQuestion {
  #closed = false;
  readonly #askers: BatchQueue<null, boolean>;

  constructor(sql: Sql) {
    this.#askers = new BatchQueue(async (askers) => {
      const open = await isSetupOpen(sql);
      // Whoever was an administrator has been one for ever.
      this.#closed = !open;
      return askers.map(() => open);
    }, isUnavailable);
  }

  async isOpen(): Promise<boolean> {
    return !this.#closed && (await this.#askers.add(null));
  }
}
