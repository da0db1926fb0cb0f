import { describe, expect, test } from "vitest";
import { addressOf, type Look, lookIn } from "./look.js";

const looks: Look[] = [
  { kind: "live" },
  { kind: "text", version: 12 },
  { kind: "authors", version: 12 },
  { kind: "changes", from: 0, to: 12 },
];

describe("where an address looks", () => {
  test.each(looks)("is found again: %o", (look) => {
    expect(lookIn(new URLSearchParams(addressOf(look)))).toEqual(look);
  });

  test.each(["version=0", "version=-1", "version=x", "version=1e3", "from=2", ""])(
    "is the live document where no version is named: %s",
    (search) => expect(lookIn(new URLSearchParams(search))).toEqual({ kind: "live" }),
  );

  test("is the version alone where the older one is not older", () => {
    expect(lookIn(new URLSearchParams("version=3&from=3"))).toEqual({ kind: "text", version: 3 });
  });
});
