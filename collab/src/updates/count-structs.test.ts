import { anySeed, type Draw, draws } from "@onrecord/core/testing/random";
import { expect, it } from "vitest";
import * as Y from "yjs";
import { countStructs } from "./count-structs.js";

const seed = anySeed();

/** A document with every kind of content that Yjs writes. */
function everything(pick: Draw): Y.Doc {
  const doc = new Y.Doc();
  const text = doc.getText("t");
  const map = doc.getMap("m");
  const array = doc.getArray("a");
  const fragment = doc.getXmlFragment("x");
  const acts: (() => void)[] = [
    () => text.insert(pick(text.length + 1), "日本語 text 🙂".slice(0, 1 + pick(8))),
    () => text.length > 2 && text.delete(pick(text.length - 1), 1),
    () => text.length > 2 && text.format(pick(text.length - 1), 1, { bold: pick(2) === 0 }),
    () => text.insertEmbed(pick(text.length + 1), { image: "x" }),
    () => map.set(`k${pick(5)}`, [1, { a: null }, "s", 1.5, true, new Uint8Array([1, 2])][pick(6)]),
    () => map.set(`d${pick(3)}`, new Y.Doc()),
    () => array.push([pick(100), "x", new Uint8Array([7])]),
    () => array.push([new Y.Map([["deep", new Y.Array()]])]),
    () => array.length > 1 && array.delete(0, 1),
    () => fragment.push([new Y.XmlElement("p"), new Y.XmlText("hello")]),
    () => fragment.length > 2 && fragment.delete(0, 1),
  ];
  for (let i = 0; i < 200; i++) acts[pick(acts.length)]!();
  return doc;
}

it("counts the structs of whatever Yjs writes", () => {
  const random = draws(seed);
  for (let round = 0; round < 30; round++) {
    const update = Y.mergeUpdates([
      Y.encodeStateAsUpdate(everything(random)),
      Y.encodeStateAsUpdate(everything(random)),
    ]);
    const { structs } = Y.decodeUpdate(update);
    expect(countStructs(update, Number.POSITIVE_INFINITY)).toBe(structs.length);
    expect(countStructs(update, 10)).toBe(11);
  }
});

it("throws on what is cut short within its structs, and never runs away", () => {
  const update = Y.encodeStateAsUpdate(everything(draws(seed)));
  const whole = countStructs(update, Number.POSITIVE_INFINITY);
  for (let length = 0; length < update.length; length += 7) {
    let counted = 0;
    try {
      counted = countStructs(update.subarray(0, length), Number.POSITIVE_INFINITY);
    } catch {
      continue;
    }
    expect(counted).toBe(whole);
  }
  const boast = Uint8Array.of(1, 255, 255, 255, 255, 15, 7, 0, 0, 1);
  expect(() => countStructs(boast, Number.POSITIVE_INFINITY)).toThrow();
});
