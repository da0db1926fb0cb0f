import { createDecoder, readVarUint, readVarUint8Array } from "lib0/decoding";
import { encode, writeVarUint, writeVarUint8Array } from "lib0/encoding";
import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import { frameKind } from "./frame-kind.js";
import { inParts } from "./parts.js";

function frameOf(step: number, update: Uint8Array): Uint8Array {
  return encode((encoder) => {
    writeVarUint(encoder, 0);
    writeVarUint(encoder, step);
    writeVarUint8Array(encoder, update);
  });
}

function updateIn(frame: unknown): Uint8Array {
  if (!(frame instanceof Uint8Array)) throw new Error("no frame");
  const decoder = createDecoder(frame);
  readVarUint(decoder);
  readVarUint(decoder);
  return readVarUint8Array(decoder);
}

describe("a large frame", () => {
  test.each([
    ["an answer", 1, "full"],
    ["a change", 2, "update"],
  ] as const)("goes in parts, and ends as what it is: %s", (_, step, kind) => {
    const doc = new Y.Doc();
    const text = "招股😀".repeat(1_000_000);
    doc.getText("content").insert(0, text);
    const parts = [...inParts(frameOf(step, Y.encodeStateAsUpdate(doc)))];
    expect(parts.length).toBeGreaterThan(5);
    expect(parts.map(frameKind)).toEqual([...parts.slice(1).map(() => "update"), kind]);
    const there = new Y.Doc();
    for (const part of parts) Y.applyUpdate(there, updateIn(part));
    expect(there.getText("content").toString() === text).toBe(true);
  });

  test("of anything else goes as it is", () => {
    const presence = new Uint8Array(2_000_000).fill(1);
    expect([...inParts(presence)]).toEqual([presence]);
    expect([...inParts("text")]).toEqual(["text"]);
    const small = frameOf(2, Y.encodeStateAsUpdate(new Y.Doc()));
    expect([...inParts(small)]).toEqual([small]);
  });
});
