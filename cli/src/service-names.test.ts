import { describe, expect, it } from "vitest";
import { allServices, readServiceNames } from "./service-names.js";

describe("the services to start", () => {
  it.each([
    [[], allServices],
    [["gateway"], ["gateway"]],
    [
      ["collab", "gateway"],
      ["collab", "gateway"],
    ],
    [["subgraph", "audit"], ["subgraph audit"]],
    [
      ["gateway", "subgraph", "audit", "subgraph", "identity"],
      ["gateway", "subgraph audit", "subgraph identity"],
    ],
    [["collab", "collab"], ["collab"]],
  ])("%j", (words, parts) => {
    expect(readServiceNames(words)).toEqual(parts);
  });

  it.each([
    [["gatway"], /no service "gatway"/],
    [["subgraph"], /no service "subgraph"/],
    [["subgraph", "gateway"], /no service "subgraph gateway"/],
    [["subgraph", "audit", "subgraph", "identity"], /one subgraph/],
  ])("%j is refused", (words, sentence) => {
    expect(() => readServiceNames(words)).toThrow(sentence);
  });
});
