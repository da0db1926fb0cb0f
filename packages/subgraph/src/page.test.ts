import { AppError } from "@onrecord/core/errors";
import { newId } from "@onrecord/core/ids";
import { describe, expect, it } from "vitest";
import { defineCursor } from "./cursor.js";
import { pageRequest, pageSize, toConnection } from "./page.js";

const cursor = defineCursor("numbers", "integer");
const all = Array.from({ length: 10 }, (_, i) => i + 1);

/** Reads a page as a subgraph would: in the direction asked, one row more than wanted. */
function read(args: Parameters<typeof pageRequest>[0]) {
  const request = pageRequest(args, cursor);
  const order = request.direction === "forward" ? all : all.toReversed();
  const from = request.from === undefined ? 0 : order.indexOf(request.from[0]) + 1;
  return toConnection(request, order.slice(from, from + request.size + 1), {
    node: (row) => row,
    position: (row) => [row],
    cursor,
  });
}
const nodes = (page: ReturnType<typeof read>) => page.edges.map(({ node }) => node);

describe("a page", () => {
  it("goes forward until there is no more", () => {
    const first = read({ first: 4 });
    expect(nodes(first)).toEqual([1, 2, 3, 4]);
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    const last = read({ first: 6, after: first.pageInfo.endCursor });
    expect(nodes(last)).toEqual([5, 6, 7, 8, 9, 10]);
    expect(last.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  });

  it("goes backward and keeps the order of the list", () => {
    const last = read({ last: 3 });
    expect(nodes(last)).toEqual([8, 9, 10]);
    expect(last.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    expect(nodes(read({ last: 3, before: last.pageInfo.startCursor }))).toEqual([5, 6, 7]);
  });

  it("may be empty", () => {
    const page = read({ first: 0 });
    expect(page.edges).toEqual([]);
    expect(page.pageInfo).toEqual({
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: null,
      endCursor: null,
    });
  });

  it.each([{ first: -1 }, { last: -1 }, { first: 1, last: 1 }, { first: 1, before: cursor.encode([1]) }])(
    "refuses %j",
    (args) => {
      expect(() => pageRequest(args, cursor)).toThrow(AppError);
    },
  );

  it.each([
    [undefined, 50],
    [null, 50],
    [0, 0],
    [500, 500],
    [1e6, 500],
  ])("asked for %s items has %s", (first, size) => {
    expect(pageSize(first)).toBe(size);
  });
});

describe("a cursor", () => {
  const mixed = defineCursor("mixed", "digits", "id");

  it("comes back as it went", () => {
    const position = ["18446744073709551615", newId()] as const;
    expect(mixed.decode(mixed.encode(position))).toEqual(position);
  });

  const forge = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  it.each([
    ["nothing", ""],
    ["no base64", "!!!"],
    ["no JSON", Buffer.from("[1").toString("base64url")],
    ["no list", forge({ kind: "mixed" })],
    ["another list's", cursor.encode([1])],
    ["too few parts", forge(["mixed", "1"])],
    ["too many parts", forge(["mixed", "1", newId(), 1])],
    ["SQL for an id", forge(["mixed", "1", "' or 1=1 --"])],
    ["a negative number", forge(["mixed", "-1", newId()])],
    ["an object for a number", forge(["mixed", { $gt: 1 }, newId()])],
    ["megabytes", "A".repeat(1e6)],
  ])("that is %s is refused", (_, text) => {
    expect(() => mixed.decode(text)).toThrow(expect.objectContaining({ code: "BAD_USER_INPUT" }));
  });
});
