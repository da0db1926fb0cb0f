import { existsSync, readFileSync } from "node:fs";
import { EditorState } from "@tiptap/pm/state";
import { fixTables } from "@tiptap/pm/tables";
import { initProseMirrorDoc, updateYFragment } from "@tiptap/y-tiptap";
import { parseHTML } from "linkedom";
import { beforeEach, describe, expect, test } from "vitest";
import * as Y from "yjs";
import { readContent, readFiling } from "./content.js";
import { filingField } from "./extensions.js";
import { htmlToFiling, importHtml } from "./import-html.js";
import { filingSchema } from "./schema.js";

// Real filings lie beside the repository, not in it.
const folder = new URL("../../../../shared/data/filings/", import.meta.url);

interface Expected {
  readonly tables: number;
  readonly headings: number;
  readonly listItems: number;
  readonly links: number;
}

const filings: readonly (readonly [name: string, expected: Expected])[] = [
  // 337 link tags show a word; one has a line break inside and counts as two stretches of linked text.
  ["camp4-424b4-prospectus.html", { tables: 76, headings: 393, listItems: 550, links: 338 }],
  ["flushing-424b4.html", { tables: 9, headings: 56, listItems: 150, links: 179 }],
  ["buckle-8k-ex99.html", { tables: 4, headings: 4, listItems: 0, links: 0 }],
  // Four of its eight tables are a check box beside a sentence each.
  ["oracle-8k.html", { tables: 4, headings: 17, listItems: 0, links: 0 }],
];

const warned = new Set<string>();

describe.each(filings)("%s", (name, expected) => {
  const file = new URL(name, folder);
  let source = "";

  beforeEach((context) => {
    if (!existsSync(file)) {
      const reason = `the real filing ${name} is not beside the repository (../shared/data/filings): not tested`;
      if (!warned.has(name)) console.warn(reason);
      warned.add(name);
      context.skip(reason);
    }
    source ||= readFileSync(file, "utf8");
  });

  test("keeps every visible character in its order", () => {
    const text = readContent(opened(source), "FILING", "TEXT");
    expect(firstDifference(squeezed(text.replace(/^---$/gm, "")), squeezed(visibleText(source)))).toBeNull();
  });

  test("keeps every word apart from its neighbours", () => {
    const text = readContent(opened(source), "FILING", "TEXT");
    expect(firstDifference(words(text.replace(/^---$/gm, "")), words(visibleText(source)))).toBeNull();
  });

  test("keeps its structure", () => {
    const { stats } = importHtml(source);
    expect(stats).toMatchObject(expected);
  });

  test("is valid, and the same after a journey through Yjs", () => {
    const { document } = htmlToFiling(source);
    document.check();
    const read = readFiling(opened(source));
    read.check();
    expect(read.eq(document)).toBe(true);
    expect(JSON.parse(readContent(opened(source), "FILING", "JSON"))).toEqual(document.toJSON());
  });

  test("is the same after an export as HTML and another import", () => {
    const text = readContent(opened(source), "FILING", "TEXT");
    const html = readContent(opened(source), "FILING", "HTML");
    expect(readContent(opened(html), "FILING", "TEXT")).toBe(text);
  });

  test("is not changed by an editor that only opens it", () => {
    const doc = opened(source);
    let changes = 0;
    doc.on("update", () => {
      changes += 1;
    });
    const fragment = doc.getXmlFragment(filingField);
    const { doc: filing } = initProseMirrorDoc(fragment, filingSchema);
    updateYFragment(doc, fragment, filing, { mapping: new Map(), isOMark: new Map() });
    expect(changes).toBe(0);
    expect(fixTables(EditorState.create({ doc: filing }))).toBeUndefined();
  });

  test("is written in the name of one client, in one update", () => {
    const { fragmentUpdate } = importHtml(source, { clientId: 7 });
    const doc = new Y.Doc();
    Y.applyUpdate(doc, fragmentUpdate);
    expect([...doc.store.clients.keys()]).toEqual([7]);
  });
});

function opened(html: string): Y.Doc {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, importHtml(html).fragmentUpdate);
  return doc;
}

/** What the page shows, found by another parser and without any of the importer's code. */
function visibleText(source: string): string {
  const page = source.slice(source.indexOf("<html")).replace(/<\/TEXT>\s*<\/DOCUMENT>\s*$/, "");
  const { document } = parseHTML(page);
  for (const element of document.querySelectorAll("title, script, style")) element.remove();
  for (const element of document.querySelectorAll("[style]")) {
    if (/display:\s*none/.test(element.getAttribute("style") ?? "")) element.remove();
  }
  for (const image of document.querySelectorAll("img[alt]")) {
    const words = image.getAttribute("alt") ?? "";
    image.replaceWith(document.createTextNode(words.startsWith("[") ? words : `[${words}]`));
  }
  for (const element of document.querySelectorAll("p, div, td, tr, table, br, hr, li")) {
    element.before(document.createTextNode(" "));
    element.after(document.createTextNode(" "));
  }
  // Words set apart by a margin alone.
  for (const element of document.querySelectorAll('font[style^="margin-left"], font[style^="float"]')) {
    element.before(document.createTextNode(" "));
  }
  return document.documentElement.textContent ?? "";
}

/** Case is left out, since the importer applies the capitals that the style sheet shows. */
function plain(text: string): string {
  return text.replace(/[\u00ad\u200b\u200e\u200f\u2060\ufeff]/g, "").toLowerCase();
}

function squeezed(text: string): string[] {
  return plain(text).replace(/\s+/g, "").split("");
}

/** Signs in cells of their own are joined to their figure by the importer, so both sides are compared joined. */
function words(text: string): string[] {
  return plain(text)
    .replace(/\s+/g, " ")
    .replace(/([$£€¥]) (?=[\d(—–.-])/g, "$1")
    .replace(/([\d)—–]) (\)|%|\)%)(?= |$)/g, "$1$2")
    .trim()
    .split(" ");
}

function firstDifference(actual: readonly string[], expected: readonly string[]): string | null {
  const at = expected.findIndex((item, index) => actual[index] !== item);
  if (at === -1 && actual.length === expected.length) return null;
  const around = (list: readonly string[]) => list.slice(Math.max(0, at - 12), at + 12).join("·");
  return `at ${at} of ${expected.length}: “${around(actual)}” for “${around(expected)}”`;
}
