import { type Config, readConfig, type Secrets } from "@onrecord/core/config";
import { checkedOut } from "./commit.js";

/** The one place that reads this process's environment. */
export function readEnvironment(): { config: Config; secrets: Secrets } {
  const { config, secrets } = readConfig(process.env);
  return { config: { ...config, commit: config.commit ?? checkedOut() }, secrets };
}
