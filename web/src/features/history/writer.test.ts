import { describe, expect, test } from "vitest";
import { en } from "../../i18n/en.js";
import { writerOf } from "./writer.js";

const mei = { id: "u1", name: "Mei Chan" };
const tom = { id: "u2", name: "Tom Lee" };

describe("whom a run is shown as", () => {
  test("is the author in their colour, and who sent it where that is another", () => {
    const own = writerOf({ standing: "PROVEN", author: mei, carrier: mei }, en);
    expect(own).toMatchObject({ name: "Mei Chan", hint: null });
    const sent = writerOf({ standing: "PROVEN", author: mei, carrier: tom }, en);
    expect(sent).toMatchObject({ key: own.key, colour: own.colour, hint: "sent by Tom Lee" });
  });

  test("is nobody's colour and never the carrier's work where it is not proven", () => {
    const relayed = writerOf({ standing: "RELAYED", author: null, carrier: tom }, en);
    expect(relayed).toMatchObject({
      name: "Relayed by Tom Lee",
      said: "somebody, through Tom Lee",
      colour: null,
    });
    const unknown = writerOf({ standing: "UNKNOWN", author: null, carrier: tom }, en);
    expect(unknown).toMatchObject({ name: "Unknown author", said: "an unknown author", colour: null });
    expect(relayed.key).not.toBe(unknown.key);
  });

  test("is the system where nobody brought it", () => {
    expect(writerOf({ standing: "SYSTEM", author: null, carrier: null }, en).name).toBe("Onrecord");
  });
});
