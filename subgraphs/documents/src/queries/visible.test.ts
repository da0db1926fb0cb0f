import { describe, expect, it } from "vitest";
import { fillPage } from "./visible.js";

describe("filling a page", () => {
  const rows = Array.from({ length: 100 }, (_, i) => ({ id: String(i).padStart(3, "0") }));
  const readAfter = (limit: number, counted: { reads: number }) => async (id: string | null) => {
    counted.reads++;
    return rows.filter((row) => id === null || row.id > id).slice(0, limit);
  };

  it("reads on past what policies hide, until there is one row too many or the list ends", async () => {
    for (const [every, size] of [
      [1, 10],
      [2, 10],
      [7, 10],
      [99, 10],
      [1000, 10],
      [3, 0],
      [1, 99],
      [1, 100],
    ] as const) {
      const visible = ({ id }: { id: string }) => Number(id) % every === every - 1;
      const counted = { reads: 0 };
      const read = readAfter(size + 1, counted);
      const kept = await fillPage(size, await read(null), visible, read);
      const all = rows.filter(visible);
      expect(kept.slice(0, size)).toEqual(all.slice(0, size));
      expect(kept.length > size).toBe(all.length > size);
      expect(counted.reads).toBeLessThanOrEqual(Math.ceil(100 / (size + 1)) + 1);
    }
  });
});
