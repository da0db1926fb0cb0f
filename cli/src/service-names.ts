import { type SubgraphName, subgraphNames } from "@onrecord/core/config";
import { AppError } from "@onrecord/core/errors";

/** What a process may run; all of it when nothing is named. */
export type ServiceName = "gateway" | "collab" | `subgraph ${SubgraphName}`;

/** Every service that there is. */
export const allServices: readonly ServiceName[] = [
  "gateway",
  "collab",
  ...subgraphNames.map((name) => `subgraph ${name}` as const),
];

/** Reads the words behind `onrecord start`: `gateway`, `collab`, `subgraph <name>`, in any number; none means all. */
export function readServiceNames(words: readonly string[]): readonly ServiceName[] {
  if (words.length === 0) return allServices;
  const names = new Set<ServiceName>();
  for (let i = 0; i < words.length; i++) {
    const word = words[i] === "subgraph" ? `subgraph ${words[++i] ?? ""}` : words[i];
    const name = allServices.find((known) => known === word);
    if (name === undefined)
      throw new AppError(
        "BAD_CONFIG",
        `There is no service "${word?.trim()}"; there are ${allServices.join(", ")}.`,
      );
    names.add(name);
  }
  const subgraphs = [...names].filter((name) => name.startsWith("subgraph "));
  if (!names.has("gateway") && subgraphs.length > 1)
    throw new AppError(
      "BAD_CONFIG",
      `Without the gateway a process serves one subgraph, since each answers at /graphql; these are ${subgraphs.join(", ")}.`,
    );
  return [...names];
}
