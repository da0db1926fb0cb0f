import { type Config, readConfig, readNodeName, type Secrets } from "@onrecord/core/config";
import { checkedOut } from "./commit.js";

/** The one place that reads this process's environment. */
export function readEnvironment(): { config: Config; secrets: Secrets } {
  const { config, secrets } = readConfig(process.env);
  return { config: { ...config, commit: config.commit ?? checkedOut() }, secrets };
}

/** What this process is called, whatever else is wrong with its environment. */
export function nodeName(): string {
  return readNodeName(process.env);
}
