import { readFileSync } from "node:fs";
import { subgraphNames } from "@onrecord/core/config";
import { Random, seeds } from "@onrecord/core/testing/random";
import { readPublicSchema } from "@onrecord/schema/supergraph";
import { type MadeUpFirm, makeUpFirm } from "@onrecord/subgraph/fixtures/made-up-firm";
import { type TestContext, testContext } from "@onrecord/testing/database";
import {
  buildSchema,
  execute,
  isObjectType,
  parse,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
} from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Node, startNode } from "./fixtures/gateway-node.js";
import { type Operation, randomOperation } from "./fixtures/random-operation.js";

/** How many for each topology; more by hand. */
const OPERATIONS = Number(process.env.ONRECORD_OPERATIONS ?? 300);
const sdl = (name: string) =>
  readFileSync(new URL(`../../schema/subgraphs/${name}.graphql`, import.meta.url), "utf8");
const sdls = Object.fromEntries(subgraphNames.map((name) => [name, sdl(name)])) as Record<
  (typeof subgraphNames)[number],
  string
>;
const schema = buildSchema(readPublicSchema());

let context: TestContext;
beforeAll(async () => {
  context = await testContext();
});
afterAll(() => context[Symbol.asyncDispose]());

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly {
    path?: readonly (string | number)[];
    message: string;
    extensions?: { code?: string };
  }[];
}

describe.each([{ remote: [] }, { remote: subgraphNames }])(
  "every answer of the gateway with $remote over HTTP",
  ({ remote }) => {
    it.each(seeds(1))(
      "is that of graphql-js on one joined schema (seed %i)",
      { timeout: 600_000 },
      async (seed) => {
        const firm = makeUpFirm(seed, sdls, readPublicSchema());
        await using node = await startNode(context, {
          made: firm.subgraphs,
          remote,
          config: { limits: { ...context.config.limits, queryDepth: 100, queryTokens: 100_000 } },
        });
        const { token } = await node.signIn();
        const random = new Random(seed);
        const asked = new Set<string>();
        for (let i = 0; i < OPERATIONS; i++) {
          const operation = randomOperation(
            schema,
            random,
            random.chance(0.15) ? "mutation" : "query",
            asked,
          );
          firm.down = random.chance(0.15) ? random.pick(subgraphNames) : undefined;
          note(operation, asked);
          const expected = await reference(firm, operation);
          const actual = await answerOf(node, token, operation);
          const told = `ONRECORD_SEED=${seed}, operation ${i}, down: ${firm.down}\n${JSON.stringify(operation.variables)}\n${operation.query}`;
          expect(actual, told).toEqual({ status: 200, ...expected });
        }
        expect(publicFields().filter((name) => !asked.has(name))).toEqual([]);
      },
    );
  },
);

async function reference({ joined }: MadeUpFirm, { query, variables }: Operation) {
  const document = parse(query);
  expect(validate(joined, document), query).toEqual([]);
  return comparable((await execute({ schema: joined, document, variableValues: variables })) as Answer);
}

async function answerOf(node: Node, token: string, operation: Operation) {
  const response = await fetch(`${node.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify(operation),
  });
  return { status: response.status, ...comparable((await response.json()) as Answer) };
}

/** Data as it is written, and where what went wrong has left it empty: of several errors below one null, any may be told. */
function comparable({ data, errors = [] }: Answer) {
  const nulls = new Map<string, string[]>();
  for (const { path = [], message } of errors) {
    let value = data;
    const at: (string | number)[] = [];
    for (const segment of path) {
      if (value === null || value === undefined) break;
      value = (value as Record<string | number, unknown>)[segment];
      at.push(segment);
    }
    const exact = at.length === path.length;
    nulls.set(at.join("."), exact ? [...(nulls.get(at.join(".")) ?? []), message] : ["below"]);
  }
  return {
    data: JSON.parse(JSON.stringify(data ?? (data === null ? null : "absent"))) as unknown,
    nulls: Object.fromEntries([...nulls].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** Notes the fields that an operation asks for. */
function note({ query }: Operation, asked: Set<string>): void {
  const info = new TypeInfo(schema);
  visit(
    parse(query),
    visitWithTypeInfo(info, {
      Field: () => void asked.add(`${info.getParentType()?.name}.${info.getFieldDef()?.name}`),
    }),
  );
}

function publicFields(): string[] {
  return Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter(({ name }) => !name.startsWith("__") && name !== "Subscription")
    .flatMap((type) => Object.keys(type.getFields()).map((field) => `${type.name}.${field}`));
}
