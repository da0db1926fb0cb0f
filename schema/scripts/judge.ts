import { CriticalityLevel, diff } from "@graphql-inspector/core";
import { buildSchema } from "graphql";
import type { Files } from "./contract.js";

/** A sentence for each generated file that is not what the code says. */
export async function findDrift(
  files: Files,
  committed: (path: string) => Promise<string | undefined>,
): Promise<string[]> {
  const faults: string[] = [];
  for (const [path, text] of files) {
    const found = await committed(path);
    if (found === undefined) faults.push(`schema/${path} is missing`);
    else if (found !== text) faults.push(`schema/${path} is not what the code says`);
  }
  return faults;
}

/** A sentence for each change that breaks a client of the published API. */
export async function breakingChanges(published: string, current: string): Promise<string[]> {
  const changes = await diff(buildSchema(published), buildSchema(current));
  return changes
    .filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking)
    .map(({ message }) => message);
}
