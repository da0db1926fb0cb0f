import { type Config, readConfig, type Secrets } from "@onrecord/core/config";

/** The one place that reads this process's environment. */
export function readEnvironment(): { config: Config; secrets: Secrets } {
  return readConfig(process.env);
}
