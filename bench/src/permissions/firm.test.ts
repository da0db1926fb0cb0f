import { expect, it } from "vitest";
import { departmentsOf, TEAM } from "./firm.js";
import { sizeOf } from "./size.js";

it.each([1, 0.01])("departments at the scale %d are nested five deep, the team's too", (scale) => {
  const all = departmentsOf(sizeOf({ scale }));
  const byId = new Map(all.map((department) => [department.id, department]));
  const topOf = (id: string): string => {
    const { parentId } = byId.get(id)!;
    return parentId === null ? id : topOf(parentId);
  };
  expect(new Set(all.map(({ level }) => level))).toEqual(new Set([0, 1, 2, 3, 4]));
  expect(byId.size).toBe(scale === 1 ? 500 : all.length);
  for (const { id, parentId, level, inTeam } of all) {
    expect(parentId === null ? -1 : byId.get(parentId)!.level).toBe(level - 1);
    expect(inTeam).toBe(topOf(id) === TEAM);
  }
  expect(all.filter(({ inTeam, level }) => inTeam && level === 1).length).toBeGreaterThan(1);
});
