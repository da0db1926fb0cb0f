import { expect, test } from "vitest";
import { shownNames } from "./shown-names.js";

test("names are shown with the characters that nobody would see, wherever they stand in an answer", () => {
  const answer = {
    document: {
      title: "invoice\u202Egnp.exe",
      content: "text\u202Eof its writer",
      folder: { name: "Pay\u200Broll" },
      versions: { edges: [{ node: { name: null } }, { node: { name: "\u2067x", bytes: 3 } }] },
      roots: [{ node: { name: "\u202E" } }],
    },
    me: { user: { name: "Mei\u061C Chan", email: "a\u200Fb@x.test" } },
  };
  expect(shownNames(answer)).toEqual({
    document: {
      title: "invoice[U+202E]gnp.exe",
      content: "text\u202Eof its writer",
      folder: { name: "Pay[U+200B]roll" },
      versions: { edges: [{ node: { name: null } }, { node: { name: "[U+2067]x", bytes: 3 } }] },
      roots: [{ node: { name: "\u202E" } }],
    },
    me: { user: { name: "Mei[U+061C] Chan", email: "a[U+200F]b@x.test" } },
  });
});

test("an answer without such characters stays what it is, to be told apart by identity", () => {
  const answer = { folders: { edges: [{ node: { name: "公告 👩\u200d👧", at: "2026" } }] }, none: undefined };
  expect(shownNames(answer)).toBe(answer);
});
