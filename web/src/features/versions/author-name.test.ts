import { expect, test } from "vitest";
import { en } from "../../i18n/en.js";
import { authorName, byTheHouse } from "./author-name.js";

const person = { id: "u1", name: "Mei Chan" };
const version = {
  documentId: "d",
  number: 1,
  at: "2025-11-24T10:42:07.000Z",
  name: null,
  bytes: 1,
  author: null,
  carrier: null,
};

test("a version of the system is the system's, a relayed one of nobody proven is nobody's", () => {
  expect(authorName(version, en)).toBe("Onrecord");
  expect(byTheHouse({ ...version, carrier: person })).toBe(false);
  expect(authorName({ ...version, carrier: person }, en)).toBe("Brought by Mei Chan, author not proven");
  expect(authorName({ ...version, author: person, carrier: person }, en)).toBe("Mei Chan");
});
