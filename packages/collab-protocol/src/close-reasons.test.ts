import { describe, expect, it } from "vitest";
import { type CloseReasonName, closeCode, closeReasonOf, closeReasons } from "./protocol.js";

/** RFC 6455: a control frame has 125 bytes, and the code takes two. */
const MAX_REASON_BYTES = 123;

const catalogue = Object.entries(closeReasons) as [CloseReasonName, (typeof closeReasons)[CloseReasonName]][];

describe("a close reason", () => {
  it.each(catalogue)(
    "%s fits into a close frame, and is found again by its code and sentence",
    (name, why) => {
      expect(new TextEncoder().encode(why.reason).length).toBeLessThanOrEqual(MAX_REASON_BYTES);
      expect(closeReasonOf(why.code, why.reason)).toBe(name);
    },
  );

  it("is told apart from another with the same code, and from one that is not known", () => {
    expect(closeReasonOf(closeCode.forbidden, "view only")).toBe("viewOnly");
    expect(closeReasonOf(closeCode.forbidden, "access was removed")).toBe("accessRemoved");
    expect(closeReasonOf(closeCode.forbidden, "no")).toBeUndefined();
    expect(closeReasonOf(closeCode.gone, "view only")).toBeUndefined();
  });
});
