import { closeReasons } from "@onrecord/collab-protocol/protocol";
import { expect, it } from "vitest";
import { endingOf } from "./ending.js";

it.each([
  [closeReasons.viewOnly, "view-only"],
  [closeReasons.accessRemoved, "removed"],
  [{ code: 4403, reason: "a sentence of a newer server" }, "removed"],
  [closeReasons.sessionEnded, "signed-out"],
  [closeReasons.documentGone, "gone"],
  [closeReasons.updateTooLarge, "too-large"],
  [closeReasons.updateMalformed, "malformed"],
] as const)("a close with %j is an ending: %s", ({ code, reason }, ending) => {
  expect(endingOf(code, reason)).toBe(ending);
});
