import { describe, expect, it } from "vitest";
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
