import { draws, seeds } from "@onrecord/core/testing/random";
import { describe, expect, it } from "vitest";
import { IdMap } from "./id-map.js";

describe("a map of ids", () => {
  it("keeps the first value of each id, whatever is added and asked in whatever order", () => {
    for (const seed of seeds(200)) {
      const random = draws(seed);
      const map = new IdMap();
      const plain = new Map<number, number>();
      for (let value = 1; value <= 40; value++) {
        const clock = random(60);
        const length = 1 + random(8);
        map.add(1, clock, length, value);
        for (let id = clock; id < clock + length; id++) if (!plain.has(id)) plain.set(id, value);
        if (random(4) > 0) continue;
        const from = random(60);
        const spans = map.spans(1, from, 20);
        const ids = spans.flatMap(({ clock, length, value }) =>
          Array.from({ length }, (_, i) => [clock + i, value] as const),
        );
        const expected = Array.from({ length: 20 }, (_, i) => [from + i, plain.get(from + i)] as const);
        expect(ids, `ONRECORD_SEED=${seed}`).toEqual(expected);
      }
    }
  });

  it("keeps one run for what is added piece by piece with one value", () => {
    const map = new IdMap();
    for (let clock = 0; clock < 100; clock++) map.add(1, clock, 1, clock < 50 ? 1 : 2);
    expect(map.spans(1, 0, 100)).toHaveLength(2);
    expect(map.spans(2, 5, 3)).toEqual([{ clock: 5, length: 3, value: undefined }]);
  });
});
