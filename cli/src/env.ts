import { type Config, readConfig, readNodeName, type Secrets } from "@onrecord/core/config";

/** The one place that reads this process's environment. */
export function readEnvironment(): { config: Config; secrets: Secrets } {
  return readConfig(process.env);
}

/** What this process is called, whatever else is wrong with its environment. */
export function nodeName(): string {
  return readNodeName(process.env);
}
