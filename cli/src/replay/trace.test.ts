import { describe, expect, it } from "vitest";
import { shadow } from "./shadow.js";
import { parseTrace } from "./trace.js";

const typed = (agent: number, parents: number[], seconds = 0) => ({
  agent,
  parents,
  time: new Date(1_700_000_000_000 + 1000 * seconds).toISOString(),
  patches: [[0, 0, "x"]],
});

describe("a concurrent trace", () => {
  it("tells what each change was typed on, as counts per agent", () => {
    const { agents, changes } = parseTrace({
      numAgents: 2,
      endContent: "",
      txns: [typed(0, []), typed(1, [], 1), typed(0, [0], 2), typed(1, [1, 2], 5), typed(0, [2], 4)],
    });
    expect(agents).toBe(2);
    expect(changes.map(({ needs }) => needs)).toEqual([
      [0, 0],
      [0, 0],
      [1, 0],
      [2, 1],
      [2, 0],
    ]);
    expect(changes.map(({ at }) => at)).toEqual([0, 1000, 2000, 5000, 4000]);
  });

  it.each([
    ["an agent that forgets what it typed", [typed(0, []), typed(0, [])]],
    ["a parent that comes later", [typed(0, [1]), typed(1, [])]],
    ["an agent that is not announced", [typed(2, [])]],
  ])("refuses %s", (_, txns) => {
    expect(() => parseTrace({ numAgents: 2, endContent: "", txns })).toThrow(/Transaction/);
  });
});

describe("a sequential trace", () => {
  it("is one agent's, and begins with typing what was there", () => {
    const { agents, changes } = parseTrace({
      startContent: "old",
      endContent: "new",
      txns: [{ patches: [[0, 3, "new"]] }],
    });
    expect(agents).toBe(1);
    expect(changes).toEqual([
      { agent: 0, needs: [0], at: 0, patches: [[0, 0, "old"]] },
      { agent: 0, needs: [1], at: 0, patches: [[0, 3, "new"]] },
    ]);
  });
});

it.each([[null], [{}], [{ txns: [] }], [[]]])("%j is no trace", (raw) => {
  expect(() => parseTrace(raw)).toThrow(/not an editing trace/);
});

describe("a broken trace", () => {
  const first = { patches: [[0, 0, "a😀"]] };
  it.each<[string, unknown[], RegExp]>([
    [
      "deletes past the end",
      [first, { patches: [[1, 2, ""]] }],
      /^Transaction 1 changes what is past the end/,
    ],
    ["inserts past the end", [first, { patches: [[3, 0, "x"]] }], /^Transaction 1 .* past the end/],
    [
      "deletes what its own patch before deleted",
      [
        first,
        {
          patches: [
            [0, 2, ""],
            [0, 1, ""],
          ],
        },
      ],
      /^Transaction 1 /,
    ],
    ["has patches that are no list", [{ patches: "x" }], /^Transaction 0 has `patches`/],
    ["has no patches", [first, {}], /^Transaction 1 has `patches`/],
    ["has a patch without its text", [{ patches: [[0, 0]] }], /^Transaction 0 has `patches`/],
    ["has a position below nought", [{ patches: [[-1, 0, "x"]] }], /^Transaction 0 has `patches`/],
    ["has half a position", [{ patches: [[0.5, 0, "x"]] }], /^Transaction 0 has `patches`/],
    ["inserts half a character", [{ patches: [[0, 0, "\ud800"]] }], /^Transaction 0 has `patches`/],
    ["has nothing for a transaction", [null], /^Transaction 0 is no object/],
    ["has an agent below nought", [{ agent: -1, ...first }], /^Transaction 0 has an `agent`/],
    ["has parents that are no list", [{ parents: 5, ...first }], /^Transaction 0 has `parents`/],
  ])("that %s is refused with the transaction that does", (_, txns, sentence) => {
    expect(() => parseTrace({ endContent: "", txns })).toThrow(sentence);
  });

  it.each([[0], [-1], [1.5], [257], [1e9], ["2"], [null]])("of %j agents is refused", (numAgents) => {
    expect(() => parseTrace({ numAgents, endContent: "", txns: [] })).toThrow(/numAgents/);
  });

  it("is told by the numbers of its file where it began with a text", () => {
    const txns = [{ patches: [[0, 3, "new"]] }, { patches: [[4, 0, "x"]] }];
    expect(() => parseTrace({ startContent: "old", endContent: "", txns })).toThrow(/^Transaction 1 /);
  });

  it("is not one where two have deleted the same", () => {
    const change = (agent: number, parents: number[], ...patch: unknown[]) => ({
      agent,
      parents,
      patches: [patch],
    });
    const both = [change(0, [], 0, 0, "abc"), change(1, [0], 0, 2, ""), change(0, [0], 1, 2, "xy")];
    const parse = (position: number) =>
      parseTrace({ numAgents: 2, endContent: "", txns: [...both, change(1, [1, 2], position, 1, "")] });
    expect(parse(1).changes).toHaveLength(4);
    // The text is at most three long; that it is "xy" is only seen when it is merged.
    expect(() => parse(3)).toThrow(/^Transaction 3 /);
    expect(() => [...shadow(parse(2), [1, 2])]).toThrow(/^Transaction 3 /);
    expect([...shadow(parse(1), [1, 2])]).toHaveLength(4);
  });
});
