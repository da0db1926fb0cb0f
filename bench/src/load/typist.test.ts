import { expect, it } from "vitest";
import * as Y from "yjs";
import { field, Typist } from "./typist.js";

it("types what Yjs reads, keystroke by keystroke and as a whole", () => {
  const typists = [new Typist(2 ** 31 + 7), new Typist(5)];
  const live = new Y.Doc();
  for (let i = 0; i < 300; i++) for (const typist of typists) Y.applyUpdate(live, typist.next());
  const whole = new Y.Doc();
  for (const typist of typists) Y.applyUpdate(whole, typist.everything());
  expect(live.getText(field).toString()).toHaveLength(600);
  expect(whole.getText(field).toString()).toBe(live.getText(field).toString());
  expect(Y.encodeStateAsUpdate(whole)).toEqual(Y.encodeStateAsUpdate(live));
});
