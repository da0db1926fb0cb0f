import { CombinedError } from "@urql/core";
import { describe, expect, it } from "vitest";
import { joined, pageOf, unknownIn } from "./list-page.js";

const rows = (...ids: string[]) => ids.map((id) => ({ id }));

describe("a page of a list", () => {
  it("has its rows, how many there are in all, and whether older ones follow", () => {
    const edges = rows("a", "b").map((node) => ({ node }));
    const page = pageOf({ edges, pageInfo: { hasNextPage: true }, totalCount: 9 }, undefined);
    expect(page).toEqual({ rows: rows("a", "b"), total: 9, hasOlder: true });
  });

  it("need not be counted", () => {
    const page = pageOf({ edges: [], pageInfo: { hasNextPage: false } }, undefined);
    expect(page).toEqual({ rows: [], total: null, hasOlder: false });
  });

  it("that was not there is a problem, and so is one that was refused", () => {
    expect(pageOf(null, undefined)).toEqual({ kind: "not-found", requestId: null });
    const refused = new CombinedError({
      graphQLErrors: [{ message: "", extensions: { code: "FORBIDDEN" } }],
    });
    expect(pageOf(undefined, refused)).toMatchObject({ kind: "forbidden" });
  });
});

describe("rows that arrive", () => {
  it("are new once, though they are told twice", () => {
    expect(unknownIn(rows("c", "b", "c"), rows("b", "a"))).toEqual(rows("c"));
  });

  it("stand in one list once: a page read later may overlap what came meanwhile", () => {
    expect(joined(rows("d", "c"), rows("c", "b"))).toEqual(rows("d", "c", "b"));
  });
});
