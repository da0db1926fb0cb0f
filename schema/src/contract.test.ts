import { describe, expect, it } from "vitest";
import { composeContract, type SubgraphSdls } from "../scripts/contract.js";
import { breakingChanges, findDrift } from "../scripts/judge.js";
import { typedDocuments } from "../scripts/typed-documents.js";
import { readPublicSchema, readSupergraph } from "./supergraph.js";

const link =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external"])';
const people = `${link}
  type Query { me: User! }
  type User @key(fields: "id") { id: ID! name: String! email: String }`;
const papers = `${link}
  type Query { paper(id: ID!): Paper }
  type Paper @key(fields: "id") { id: ID! title: String! author: User! }
  type User @key(fields: "id", resolvable: false) { id: ID! }`;

const api = (sdls: SubgraphSdls) => composeContract(sdls).get("schema.graphql") ?? "";
const before = { people, papers };

describe("the contract", () => {
  it("is each subgraph, the supergraph, and an API without federation in it", () => {
    const contract = composeContract(before);
    expect([...contract.keys()]).toEqual([
      "subgraphs/people.graphql",
      "subgraphs/papers.graphql",
      "supergraph.graphql",
      "schema.graphql",
    ]);
    expect(contract.get("supergraph.graphql")).toContain("@join__graph");
    expect(contract.get("schema.graphql")).not.toMatch(/join__|@key|_entities/);
  });

  it("is the same each time", () => {
    expect(composeContract(before)).toEqual(composeContract(before));
  });

  it("does not exist when subgraphs contradict each other, and says how", () => {
    const papersToo = papers
      .replace("type User", "type Stray { x: Int }\n type User")
      .replace("{ id: ID! }", "{ id: ID! name: Int! }");
    expect(() => composeContract({ people, papers: papersToo })).toThrow(
      /INVALID_FIELD_SHARING|FIELD_TYPE_MISMATCH/,
    );
  });

  it("can be read where it is committed", () => {
    expect(readSupergraph()).toContain("join__Graph");
    expect(readPublicSchema()).toContain("type Query");
  });
});

describe("the check", () => {
  const drift = (files: Map<string, string>, code: SubgraphSdls) =>
    findDrift(composeContract(code), async (path) => files.get(path));

  it("passes when the committed files are the code's", async () => {
    expect(await drift(new Map(composeContract(before)), before)).toEqual([]);
  });

  it("names what was not recomposed, and what is missing", async () => {
    const committed = new Map(composeContract(before));
    committed.delete("subgraphs/papers.graphql");
    const more = people.replace("email: String", "email: String phone: String");
    expect(await drift(committed, { people: more, papers })).toEqual([
      "schema/subgraphs/people.graphql is not what the code says",
      "schema/subgraphs/papers.graphql is missing",
      "schema/supergraph.graphql is not what the code says",
      "schema/schema.graphql is not what the code says",
    ]);
  });

  it.each<[string, string, RegExp[]]>([
    ["a field is added", people.replace("email: String", "email: String phone: String"), []],
    ["a description is added", people.replace("email: String", '"where to write" email: String'), []],
    ["a nullable field becomes certain", people.replace("email: String", "email: String!"), []],
    [
      "a field is removed",
      people.replace("email: String", ""),
      [/'email' was removed from object type 'User'/],
    ],
    [
      "a certain field becomes nullable",
      people.replace("name: String!", "name: String"),
      [/'User.name' changed type/],
    ],
    [
      "a field needs an argument",
      people.replace("me: User!", "me(pin: Int!): User!"),
      [/Argument 'pin: Int!' added/],
    ],
    ["a query is removed", people.replace("me: User!", "you: User!"), [/'me' was removed/]],
  ])("when %s", async (_, changed, complaints) => {
    const broken = await breakingChanges(api(before), api({ people: changed, papers }));
    expect(broken).toHaveLength(complaints.length);
    for (const [i, complaint] of complaints.entries()) expect(broken[i]).toMatch(complaint);
  });
});

describe("typed documents", () => {
  it("are made for each operation", async () => {
    const text = "query Me { me { id name email } }";
    const code = await typedDocuments(api(before), [{ path: "operations/a.graphql", text }]);
    expect(code).toContain(
      "export type MeQuery = { me: { id: string, name: string, email: string | null } };",
    );
    expect(code).toContain("export const MeDocument");
  });

  it("are refused when an operation does not fit the API, with file and line", async () => {
    const text = "query Me {\n  me { shoeSize }\n}";
    await expect(typedDocuments(api(before), [{ path: "operations/a.graphql", text }])).rejects.toThrow(
      /operations\/a\.graphql:2: Cannot query field "shoeSize"/,
    );
  });
});
