import { expect, it } from "vitest";
import { SurrogatePairs } from "./surrogate-pairs.js";

it.each([
  ["", [0]],
  ["abc", [0, 1, 2, 3]],
  ["a😀b", [0, 1, 3, 4]],
  ["😀😀", [0, 2, 4]],
  ["價😀", [0, 1, 3]],
  ["\ud83d alone", [0, 1, 2]],
])("knows where the code points of %j begin", (text, offsets) => {
  const pairs = new SurrogatePairs();
  pairs.replace(0, 0, text);
  expect(offsets.map((_, position) => pairs.offsetOf(position))).toEqual(offsets);
});

it("follows any run of changes like a text that is counted anew each time", () => {
  const seed = Date.now() % 100_000;
  let state = seed;
  const random = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  const pieces = ["a", "😀", "b😀c", "", "價𝒳"];
  const local = new SurrogatePairs();
  const remote = new SurrogatePairs();
  let points: string[] = [];
  for (let i = 0; i < 500; i++) {
    const at = random(points.length + 1);
    const deleted = random(Math.min(4, points.length - at + 1));
    const inserted = pieces[random(pieces.length)]!;
    const offset = points.slice(0, at).join("").length;
    const length = points.slice(at, at + deleted).join("").length;
    expect([local.offsetOf(at), local.offsetOf(at + deleted)], `seed ${seed}`).toEqual([
      offset,
      offset + length,
    ]);
    local.replace(offset, length, inserted);
    remote.apply([{ retain: offset }, { insert: inserted }, { delete: length }]);
    points = [...points.slice(0, at), ...inserted, ...points.slice(at + deleted)];
    expect(remote.offsetOf(points.length), `seed ${seed}`).toBe(points.join("").length);
  }
});
