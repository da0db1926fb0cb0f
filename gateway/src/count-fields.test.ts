import { getIntrospectionQuery, parse } from "graphql";
import { expect, it } from "vitest";
import { exceeds } from "./count-fields.js";

const bounds = { fields: 300, repeats: 50 };
const judge = (text: string) => exceeds(parse(text), bounds);

it("an operation as clients write them, and one that asks for the schema, are within the bounds", () => {
  expect(judge("{ me { user { id name } } documents { id ...F } } fragment F on Document { id title }")).toBe(
    undefined,
  );
  expect(judge(getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true }))).toBe(undefined);
});

it.each([
  ["a field again and again", `{ me { ${"user { id } ".repeat(60)} } }`],
  ["a field within one that is repeated", `{ me { ${`user { ${"id ".repeat(9)} } `.repeat(9)} } }`],
  ["an alias", `{ me { ${"a: name a: title ".repeat(40)} } }`],
  ["inline fragments", `{ me { ${"... on Principal { name } ".repeat(60)} } }`],
  ["spreads", `{ me { ${"...F ".repeat(60)} } } fragment F on Principal { name }`],
])("%s is refused for its repeats", (_, text) => {
  expect(judge(text)).toBe("repeats");
});

it("fragments that multiply are refused before they are expanded", () => {
  const levels = Array.from({ length: 30 }, (_, i) => `fragment F${i} on A { ...F${i + 1} ...F${i + 1} }`);
  expect(judge(`{ a { ...F0 } } ${levels.join(" ")} fragment F30 on A { x }`)).toBe("repeats");
  expect(judge(`{ ${Array.from({ length: 301 }, (_, i) => `a${i}: me`).join(" ")} }`)).toBe("fields");
});

it("a fragment that spreads itself ends the count", () => {
  expect(judge("{ a { ...F } } fragment F on A { b ...F }")).toBe(undefined);
});
