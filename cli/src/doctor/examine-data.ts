import type { Config, Secrets } from "@onrecord/core/config";
import { createLogger } from "@onrecord/core/log";
import { checkData } from "@onrecord/history/check/check-data";
import type { Fault } from "@onrecord/history/check/fault";
import { Database } from "@onrecord/postgres/database";
import { openKeys } from "../backup/open-keys.js";

/** Everything that does not agree in a database, as its owner sees it. */
export async function examineData(
  adminUrl: string,
  config: Config,
  secrets: Secrets,
  tell: (line: string) => void,
): Promise<Fault[]> {
  await using db = new Database(adminUrl, { log: createLogger("silent"), max: 1, name: "onrecord doctor" });
  const keys = await openKeys(config, secrets);
  const faults: Fault[] = [];
  await checkData({ db, keys }, (fault) => faults.push(fault), tell);
  return faults;
}
