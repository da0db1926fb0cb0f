import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import { countContested } from "./replay.js";
import { type Keystroke, shadow, TEXT_NAME } from "./shadow.js";
import { parseTrace, readTrace, type Trace } from "./trace.js";

/** Real traces lie beside the clone, where the project is worked on; they are read there and never copied. */
const traces = new URL("../../../../shared/data/traces/", import.meta.url);

const textOf = (keystrokes: Iterable<Keystroke>) => {
  const doc = new Y.Doc();
  for (const { update } of keystrokes) if (update) Y.applyUpdate(doc, update);
  return doc.getText(TEXT_NAME).toString();
};
const make = (trace: Trace) => [
  ...shadow(
    trace,
    Array.from({ length: trace.agents }, (_, i) => 100 + i),
  ),
];
const concurrent = (txns: readonly object[]) => parseTrace({ numAgents: 2, endContent: "", txns });

describe("the shadow documents", () => {
  it("type each change on what its agent had seen, and nothing else", () => {
    const keystrokes = make(
      concurrent([
        { agent: 0, parents: [], patches: [[0, 0, "The price"]] },
        { agent: 1, parents: [0], patches: [[4, 0, "offer "]] },
        { agent: 0, parents: [0], patches: [[9, 0, "!"]] },
        { agent: 1, parents: [1, 2], patches: [[15, 1, "?"]] },
      ]),
    );
    expect(textOf(keystrokes)).toBe("The offer price?");
    expect(keystrokes.map(({ clock }) => clock)).toEqual([9, 6, 10, 7]);
  });

  it("count positions in code points, of their own and of others' characters", () => {
    const keystrokes = make(
      concurrent([
        { agent: 0, parents: [], patches: [[0, 0, "😀a😀"]] },
        {
          agent: 1,
          parents: [0],
          patches: [
            [2, 0, "b"],
            [1, 1, "𝒳"],
          ],
        },
        {
          agent: 0,
          parents: [1],
          patches: [
            [4, 0, "!"],
            [0, 1, ""],
          ],
        },
      ]),
    );
    expect(textOf(keystrokes)).toBe("𝒳b😀!");
  });

  it("tell a change that only deletes by what it deletes, and one that does nothing by having no update", () => {
    const keystrokes = make(
      concurrent([
        { agent: 0, parents: [], patches: [[0, 0, "abc"]] },
        { agent: 0, parents: [0], patches: [[1, 1, ""]] },
        { agent: 0, parents: [1], patches: [] },
      ]),
    );
    expect(keystrokes.map(({ deletes }) => deletes && [deletes.client, deletes.clock])).toEqual([
      null,
      [100, 1],
      null,
    ]);
    expect(keystrokes[2]!.update).toBeNull();
  });

  it("know which deletions are made twice", () => {
    const twice = concurrent([
      { agent: 0, parents: [], patches: [[0, 0, "abc"]] },
      { agent: 0, parents: [0], patches: [[1, 1, ""]] },
      { agent: 1, parents: [0], patches: [[1, 1, ""]] },
      { agent: 1, parents: [2], patches: [[0, 1, ""]] },
    ]);
    expect(countContested(make(twice))).toBe(2);
  });
});

describe.each([["clownschool"], ["seph-blog1"]])("the real trace %s", { timeout: 240_000 }, (name) => {
  const path = fileURLToPath(new URL(`${name}.json.gz`, traces));
  it.skipIf(!existsSync(path))(
    `ends at its exact text${existsSync(path) ? "" : " (SKIPPED: the shared traces are not here)"}`,
    async () => {
      const trace = await readTrace(path);
      expect(
        textOf(
          shadow(
            trace,
            Array.from({ length: trace.agents }, (_, i) => 100 + i),
          ),
        ),
      ).toBe(trace.endContent);
    },
  );
});
