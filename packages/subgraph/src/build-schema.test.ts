import { printType } from "graphql";
import { describe, expect, it } from "vitest";
import { papersSubgraph } from "./fixtures/papers.js";
import { peopleSubgraph } from "./fixtures/people.js";

describe("a subgraph built from type-graphql classes", () => {
  it("has federation 2 SDL that links exactly the directives it uses", () => {
    expect(peopleSubgraph().sdl.split("\n")[0]).toBe(
      'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])',
    );
    expect(papersSubgraph().sdl.split("\n")[0]).toContain('import: ["@key", "@shareable"]');
  });

  it("keeps directives on types and leaves federation's own machinery out", () => {
    const { sdl } = papersSubgraph();
    expect(sdl).toContain('type User @key(fields: "id", resolvable: false) {');
    expect(sdl).toContain("type PageInfo @shareable {");
    expect(sdl).toContain("scalar DateTime");
    expect(sdl).not.toMatch(/_entities|_service|DateTimeISO/);
  });

  it("answers for its entities", () => {
    const { schema } = peopleSubgraph();
    const query = schema.getQueryType();
    expect(query && printType(query)).toContain("_entities(representations: [_Any!]!): [_Entity]!");
  });

  it("prints the same SDL every time", () => {
    expect(papersSubgraph().sdl).toBe(papersSubgraph().sdl);
  });
});
