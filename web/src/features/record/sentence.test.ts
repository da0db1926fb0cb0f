import { describe, expect, test } from "vitest";
import { en } from "../../i18n/en.js";
import { formatFor } from "../../i18n/format.js";
import { zhHant } from "../../i18n/zh-hant.js";
import { type Entry, plainSentence, reasonsOf, sentence } from "./sentence.js";

const english = { messages: en, number: formatFor("en").number };
const filing = { kind: "DOCUMENT", id: "d1", document: { id: "d1", title: "Prospectus" } };

function entry(action: string, detail: Record<string, unknown>, more: Partial<Entry> = {}): Entry {
  return {
    id: "e1",
    cursor: "1",
    at: "2025-11-24T10:42:07Z",
    action,
    outcome: "ALLOWED",
    actor: { id: "user:u1", kind: "USER", name: "Mei Chan" },
    object: filing,
    ip: null,
    userAgent: null,
    sessionId: null,
    requestId: "r",
    detail,
    leafHash: "h",
    ...more,
  };
}

describe("sentences of the record", () => {
  test("name the actor, the document and the facts", () => {
    expect(plainSentence(entry("document.edited", { version: 1837, bytes: 42 }), english)).toBe(
      "Mei Chan edited Prospectus: version 1\u202f837, 42 bytes",
    );
  });

  test("link the document unless the reader is already in it", () => {
    const opened = entry("document.opened", { via: "collab", version: 3, access: "edit" });
    const object = (hereId?: string) =>
      sentence(opened, { ...english, hereId }).find(({ kind }) => kind === "object");
    expect(object()).toEqual({ kind: "object", text: "Prospectus", documentId: "d1" });
    expect(object("d1")).toEqual({ kind: "object", text: "this document", documentId: null });
  });

  test("tell a refusal with its reason in words", () => {
    const refused = entry(
      "session.refused",
      { reason: "credentials" },
      {
        actor: { id: "anonymous", kind: "ANONYMOUS", name: "anonymous" },
        object: null,
      },
    );
    expect(plainSentence(refused, english)).toBe(
      "Someone not signed in was refused a session: email or password not right",
    );
  });

  test("tell why a session ended, and nobody signed out who was not there", () => {
    const told = (cause: string, actor?: Entry["actor"]) =>
      plainSentence(
        entry(
          "session.ended",
          { cause },
          { object: { kind: "SESSION", id: "s", document: null }, ...(actor && { actor }) },
        ),
        english,
      );
    expect(told("sign-out")).toBe("Mei Chan signed out");
    expect(told("ended-by-owner")).toBe("Mei Chan ended a session of their own");
    expect(told("idle", { id: "system", kind: "SYSTEM", name: "system" })).toBe(
      "A session that nobody used was ended",
    );
  });

  test("tell how many refusals an entry stands for", () => {
    const folded = entry("session.refused", { reason: "token", count: 1200 }, { object: null });
    expect(plainSentence(folded, english)).toBe(
      "Mei Chan was refused a session: the token is not valid – 1\u202f200 times",
    );
  });

  test("an object that one may not see is called by its kind only", () => {
    const hidden = entry(
      "access.denied",
      { permission: "DOWNLOAD", reasons: ["no-grant"] },
      {
        object: { kind: "DOCUMENT", id: "d9", document: null },
      },
    );
    expect(plainSentence(hidden, english)).toBe("Mei Chan was denied download on a document");
    expect(reasonsOf(hidden, en)).toEqual(["no-grant"]);
  });

  test("an unknown action is told by its name", () => {
    expect(plainSentence(entry("document.printed", {}), english)).toBe(
      "Mei Chan: document.printed (Prospectus)",
    );
  });

  test("a missing or odd fact shows a dash, never undefined", () => {
    expect(plainSentence(entry("document.opened", { version: null }), english)).toBe(
      "Mei Chan opened Prospectus at version –",
    );
  });

  test("a name that looks like a placeholder stays a name", () => {
    const odd = entry("document.created", {}, { actor: { id: "user:u2", kind: "USER", name: "{object}" } });
    expect(plainSentence(odd, english)).toBe("{object} created Prospectus");
  });

  test("every sentence has its label, and Chinese fills the same placeholders", () => {
    expect(Object.keys(en.record.labels)).toEqual(Object.keys(en.record.sentences));
    const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
    for (const [action, text] of Object.entries(en.record.sentences)) {
      const other = zhHant.record.sentences[action as keyof typeof en.record.sentences];
      expect(placeholders(other), action).toEqual(placeholders(text));
    }
  });
});
