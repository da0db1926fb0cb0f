import { type SubgraphName, subgraphNames } from "@onrecord/platform/config";
import { AppError } from "@onrecord/platform/errors";

/** What a process may run; all of it when nothing is named. */
export type Part = "gateway" | "collab" | `subgraph ${SubgraphName}`;

/** Every part of the house. */
export const allParts: readonly Part[] = [
  "gateway",
  "collab",
  ...subgraphNames.map((name) => `subgraph ${name}` as const),
];

/** Reads the words behind `onrecord start`: `gateway`, `collab`, `subgraph <name>`, in any number; none means all. */
export function readParts(words: readonly string[]): readonly Part[] {
  if (words.length === 0) return allParts;
  const parts = new Set<Part>();
  for (let i = 0; i < words.length; i++) {
    const word = words[i] === "subgraph" ? `subgraph ${words[++i] ?? ""}` : words[i];
    const part = allParts.find((known) => known === word);
    if (part === undefined)
      throw new AppError(
        "BAD_CONFIG",
        `There is no service "${word?.trim()}"; there are ${allParts.join(", ")}.`,
      );
    parts.add(part);
  }
  const subgraphs = [...parts].filter((part) => part.startsWith("subgraph "));
  if (!parts.has("gateway") && subgraphs.length > 1)
    throw new AppError(
      "BAD_CONFIG",
      `Without the gateway a process serves one subgraph, since each answers at /graphql; these are ${subgraphs.join(", ")}.`,
    );
  return [...parts];
}
