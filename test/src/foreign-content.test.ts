import { type Editor, openEditor, until } from "@onrecord/testing/editor";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import * as Y from "yjs";
import { findBrowser, savedIn, signedIn } from "./browsing.js";
import { Server } from "./server.js";

vi.setConfig({ testTimeout: 180_000 });

type Xml = Y.XmlElement | Y.XmlText;

function element(name: string, attributes: Record<string, unknown>, ...children: Xml[]): Y.XmlElement {
  const made = new Y.XmlElement(name);
  // The type allows text only; programs write whatever they like.
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value as string);
  made.insert(0, children);
  return made;
}

function text(...runs: (string | { insert: unknown; attributes?: Record<string, unknown> })[]): Y.XmlText {
  const made = new Y.XmlText();
  made.applyDelta(runs.map((run) => (typeof run === "string" ? { insert: run } : run)));
  return made;
}

const paragraph = (...children: Xml[]) => element("paragraph", {}, ...children);
const root = (doc: Y.Doc) => doc.getXmlFragment("default");
const put =
  (...children: Xml[]) =>
  (doc: Y.Doc) =>
    root(doc).insert(0, children);

interface Case {
  /** What a foreign editor puts in. */
  readonly name: string;
  readonly put: (doc: Y.Doc) => void;
  /** What the page shows, and what the API answers as text. */
  readonly shown: string;
  readonly text: string;
  /** Where another text is told apart from the page's own, it cannot be written into. */
  readonly readOnly?: true;
}

const words = "HK$ 12.40";

const cases: readonly Case[] = [
  {
    name: "an unknown mark",
    put: put(paragraph(text("Price ", { insert: words, attributes: { highlight: { color: "#ff0" } } }))),
    shown: `Price ${words}`,
    text: `Price ${words}`,
  },
  {
    name: "a mark whose value is no object",
    put: put(paragraph(text({ insert: words, attributes: { highlight: true, size: 12, bold: "yes" } }))),
    shown: words,
    text: words,
  },
  {
    name: "a link to a script",
    put: put(paragraph(text({ insert: words, attributes: { link: { href: "javascript:alert(1)" } } }))),
    shown: words,
    text: words,
  },
  {
    name: "unknown attributes, and known ones with unsound values",
    put: put(
      element("heading", { level: "9", colour: "red", anchor: { no: 1 } }, text(words)),
      element("paragraph", { textAlign: 7 }, text("after")),
    ),
    shown: words,
    text: `${words}\n\nafter`,
  },
  {
    name: "values that would style the page",
    put: put(
      element(
        "paragraph",
        { textAlign: "left;position:fixed;inset:0", style: "position:fixed", class: "paper" },
        text(words),
      ),
      element("heading", { level: 2, textAlign: "center;position:fixed;inset:0;z-index:9999" }, text("over")),
      element("codeBlock", { language: "x filing still" }, text("code")),
      element(
        "table",
        {},
        element(
          "tableRow",
          {},
          element(
            "tableCell",
            {
              align: "left;position:fixed",
              colwidth: ["1;position:fixed"],
              colspan: '1" style=position:fixed',
            },
            paragraph(text("cell")),
          ),
        ),
      ),
    ),
    shown: words,
    text: `${words}\n\nover\n\ncode\n\ncell`,
  },
  {
    name: "an unknown node",
    put: put(element("taskList", {}, element("taskItem", { checked: false }, paragraph(text(words))))),
    shown: words,
    text: words,
  },
  {
    name: "a document of BlockNote",
    put: put(element("blockGroup", {}, element("blockContainer", { id: "a" }, paragraph(text(words))))),
    shown: words,
    text: words,
  },
  {
    name: "a known node where the schema has no place for it",
    put: put(
      element(
        "bulletList",
        {},
        element("listItem", {}, element("heading", { level: 3 }, text(words)), paragraph(text("more"))),
      ),
    ),
    shown: words,
    text: `• ${words}\n  more`,
  },
  {
    name: "a table row without a table, and a paragraph that holds a table",
    put: put(
      element("tableRow", {}, element("tableCell", {}, paragraph(text(words)))),
      paragraph(
        element("table", {}, element("tableRow", {}, element("tableCell", {}, paragraph(text("inner"))))),
      ),
    ),
    shown: words,
    text: `${words}\n\ninner`,
  },
  {
    name: "a table of short and long rows",
    put: put(
      element(
        "table",
        {},
        element("tableRow", {}, element("tableCell", {}, paragraph(text(words)))),
        element(
          "tableRow",
          {},
          ...["a", "b", "c"].map((word) => element("tableCell", {}, paragraph(text(word)))),
        ),
        element("tableRow", {}),
      ),
    ),
    shown: words,
    text: `${words}\na\tb\tc\n`,
  },
  {
    name: "cells of absurd spans",
    put: put(
      element(
        "table",
        {},
        element(
          "tableRow",
          {},
          ...[1e9, "1", -4, 1.5, Number.NaN].map((colspan) =>
            element("tableCell", { colspan, rowspan: colspan }, paragraph(text(words))),
          ),
        ),
      ),
    ),
    shown: words,
    text: Array.from({ length: 5 }, () => words).join("\t"),
  },
  {
    name: "texts among the blocks, as Lexical has them",
    put: (doc) => {
      const block = text(words);
      block.setAttribute("__type", "paragraph");
      root(doc).insert(0, [block]);
    },
    shown: words,
    text: words,
  },
  {
    name: "an object in a line, and an element that is no character",
    put: put(
      paragraph(
        text("see ", { insert: { chart: 1 } }, ` ${words} `),
        element("mention", { id: "x" }, text("@Chan")),
        text("!"),
      ),
    ),
    shown: words,
    text: `see  ${words} @Chan!`,
  },
  {
    name: "a map and a list within a text, and within the document",
    put: (doc) => {
      const line = text(words);
      line.insertEmbed(0, new Y.Map([["key", "value"]]));
      root(doc).insert(0, [paragraph(line)]);
      Reflect.apply(root(doc).insert, root(doc), [1, [new Y.Map([["key", "value"]]), Y.Array.from([1, 2])]]);
    },
    shown: words,
    text: words,
  },
  {
    name: "a plain text under the filing's name",
    put: (doc) => doc.getText("default").insert(0, words),
    shown: words,
    text: words,
  },
  {
    name: "ten megabytes in one attribute",
    put: (doc) => {
      for (const key of ["a", "b"]) {
        const line = element("paragraph", { [key]: "x".repeat(5 * 1024 * 1024) }, text(words));
        root(doc).insert(root(doc).length, [line]);
      }
    },
    shown: words,
    text: `${words}\n\n${words}`,
  },
  {
    name: "a text under another name",
    put: (doc) => doc.getXmlFragment("prosemirror").insert(0, [paragraph(text(words))]),
    shown: words,
    text: "",
    readOnly: true,
  },
];

let browser: Browser | null = null;
let server: Server;
let page: Page;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  browser = await findBrowser();
  if (browser === null) return;
  server = await Server.create();
  await server.start();
  for (const person of ["analyst1", "analyst2"]) tokens[person] = await server.signIn(person);
  page = await signedIn(browser, server, "analyst2");
});

afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
});

beforeEach((context) => {
  context.skip(browser === null, "no Chromium was found: install one, or set CHROMIUM_PATH");
});

interface Committed {
  readonly version: number;
  readonly text: string;
  readonly html: string;
  readonly json: string;
}

async function read(id: string, version?: number): Promise<Committed> {
  const { document } = await server.ask<{ document: Committed }>(
    `query ($id: ID!, $version: Int) { document(id: $id) { version
      text: content(version: $version, format: TEXT) html: content(version: $version, format: HTML)
      json: content(version: $version, format: JSON) } }`,
    { id, version },
    tokens.analyst1,
  );
  return document;
}

async function recorded(id: string, action: string): Promise<number> {
  const { document } = await server.ask<{ document: { auditTrail: { edges: unknown[] } } }>(
    "query ($id: ID!, $actions: [String!]) { document(id: $id) { auditTrail(first: 100, filter: { actions: $actions }) { edges { cursor } } } }",
    { id, actions: [action] },
    tokens.analyst1,
  );
  return document.auditTrail.edges.length;
}

/** What stands in a text besides what the page's person typed, and the bullet that the Enter key may have made for it. */
function linesOf(all: string): string[] {
  return all.split("\n").filter((line) => !/^\s*•?\s*(Typed by the page\.)?$/.test(line));
}

/** What of a page has left its place in it. */
function fixedIn(root: Element): string[] {
  return [...root.querySelectorAll("*")]
    .filter((one) => getComputedStyle(one).position === "fixed")
    .map((one) => one.outerHTML);
}

/** Everything of a Yjs document that anyone could have changed. */
const state = ({ doc }: Editor) => Buffer.from(Y.encodeStateAsUpdate(doc)).toString("base64");

describe.each(cases)("$name", ({ name, put, shown, text: asText, readOnly }) => {
  it("is shown, kept, read, compared, restored, exported and recorded", async () => {
    const id = await server.createDocument(tokens.analyst1 ?? "", name, "FILING");
    using theirs = openEditor(server.url, id, tokens.analyst1 ?? "");
    await theirs.synced();
    put(theirs.doc);
    await until(async () => (await recorded(id, "document.edited")) > 0, "what was put in to be committed");
    // More than one frame may be on its way.
    await until(async () => {
      const { version } = await read(id);
      await page.waitForTimeout(200);
      return (await read(id)).version === version;
    }, "all of it to be committed");
    const before = await read(id);
    const was = state(theirs);
    expect(before.text).toBe(asText);

    // The page shows it. Opening, clicking and moving the caret write nothing.
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    await page.goto(`${server.url}/documents/${id}`);
    const paper = page.getByRole("textbox", { name: /^Text of / });
    await paper.waitFor();
    await page.locator(".paper", { hasText: shown }).waitFor();
    expect(await paper.evaluate(fixedIn)).toEqual([]);
    await paper.click();
    for (const key of ["Control+End", "ArrowUp", "ArrowLeft", "Control+Home"]) await page.keyboard.press(key);
    await until(
      async () => (await savedIn(page)).version === before.version,
      "the page to tell the committed version",
    );
    expect(state(theirs)).toBe(was);
    expect((await read(id)).version).toBe(before.version);
    expect(await recorded(id, "document.edit-refused")).toBe(0);

    if (readOnly) {
      await page.getByRole("alert").filter({ hasText: "This page cannot edit this document" }).waitFor();
      await page.keyboard.type("not written");
      expect((await read(id)).version).toBe(before.version);
    } else {
      // A new paragraph at the end is the person's, and all that changes.
      await until(async () => {
        const { height = 0 } = (await paper.boundingBox()) ?? {};
        await paper.click({ position: { x: 300, y: height - 20 } });
        // At a person's pace: a browser tells of a moved selection a moment later. Where that was too fast, once more.
        for (const key of ["End", "Enter"]) {
          await page.waitForTimeout(150);
          await page.keyboard.press(key);
        }
        await page.waitForTimeout(150);
        await page.keyboard.type("Typed by the page.");
        for (let look = 0; look < 20; look++) {
          if ((await read(id)).text.includes("Typed by the page.")) return true;
          await page.waitForTimeout(100);
        }
        return false;
      }, "what was typed to be committed");
      await until(async () => (await savedIn(page)).kind === "saved", "it to be saved");
      const after = await read(id);
      expect(linesOf(after.text)).toEqual(linesOf(asText));
      const { document } = await server.ask<{ document: { diff: { roots: unknown } } }>(
        "query ($id: ID!, $from: Int!, $to: Int!) { document(id: $id) { diff(from: $from, to: $to) { roots } } }",
        { id, from: before.version, to: after.version },
        tokens.analyst1,
      );
      const told = JSON.stringify(document.diff.roots);
      expect(told).toContain("Typed by the page.");
      expect(told).not.toContain('"change":"deleted"');
      // Back to what it was, by a restore.
      await server.ask(
        "mutation ($input: RestoreVersionInput!) { restoreVersion(input: $input) { version } }",
        { input: { documentId: id, version: before.version } },
        tokens.analyst1,
      );
      const restored = await read(id);
      expect(restored.version).toBe(after.version + 1);
      expect({ ...restored, version: 0 }).toEqual({ ...before, version: 0 });
      await page.locator(".paper", { hasText: "Typed by the page." }).waitFor({ state: "detached" });
    }
    const { download } = await server.ask<{ download: { url: string } }>(
      "mutation ($input: DownloadInput!) { download(input: $input) { url } }",
      { input: { documentId: id, format: "HTML" } },
      tokens.analyst1,
    );
    const headers = { authorization: `Bearer ${tokens.analyst1}` };
    const copy = await (await fetch(new URL(download.url, server.url), { headers })).text();
    if (!readOnly) expect(copy).toContain(words);
    expect(copy).not.toMatch(/javascript:|position: ?fixed|z-index/);
    expect(await recorded(id, "document.opened")).toBeGreaterThan(0);
    expect(errors).toEqual([]);
    page.removeAllListeners("pageerror");
  });
});

describe("what another editor wrote", () => {
  it("is not typed over when it is clicked, and goes only when it was selected first", async () => {
    const id = await server.createDocument(tokens.analyst1 ?? "", "Kept", "FILING");
    using theirs = openEditor(server.url, id, tokens.analyst1 ?? "");
    await theirs.synced();
    const list = element("taskList", {}, element("taskItem", {}, paragraph(text("File it"))));
    root(theirs.doc).insert(0, [paragraph(text("before")), list, paragraph(text("after"))]);
    await page.goto(`${server.url}/documents/${id}`);
    const paper = page.getByRole("textbox", { name: /^Text of / });
    const foreign = paper.locator(".foreign", { hasText: "File it" });
    const names = () =>
      root(theirs.doc)
        .toArray()
        .map((child) => (child instanceof Y.XmlElement ? child.nodeName : ""));
    const press = async (...keys: string[]) => {
      for (const key of keys) {
        await page.waitForTimeout(150);
        await page.keyboard.press(key);
      }
    };
    await foreign.click();
    await press("Z", "Space");
    for (const [words, edge, key] of [
      ["before", "End", "Delete"],
      ["after", "Home", "Backspace"],
    ] as const) {
      await paper.getByText(words, { exact: true }).click();
      await press(edge, key);
      await paper.locator(".foreign.ProseMirror-selectednode").waitFor();
    }
    await paper.getByText("after", { exact: true }).click();
    await press("End", "!");
    await until(() => root(theirs.doc).toString().includes("after!"), "what was typed to arrive");
    expect(names()).toEqual(["paragraph", "taskList", "paragraph"]);
    await press("Home", "Backspace", "Backspace");
    await until(() => names().length === 2, "what was selected to go");
    await press("Control+z");
    await until(() => names()[1] === "taskList", "the undo to bring it back");
    expect(root(theirs.doc).toString()).toContain("File it");
  });

  it("that has line ends within a line keeps its author's words when somebody types into the line", async () => {
    const id = await server.createDocument(tokens.analyst1 ?? "", "Line ends", "FILING");
    using theirs = openEditor(server.url, id, tokens.analyst1 ?? "");
    await theirs.synced();
    const line = text("Offer HK$ 12.40\nClosing 30 June\r\nTrustee");
    root(theirs.doc).insert(0, [paragraph(line)]);
    await page.goto(`${server.url}/documents/${id}`);
    const paper = page.getByRole("textbox", { name: /^Text of / });
    await paper.getByText("Trustee").click();
    await page.waitForTimeout(150);
    await page.keyboard.press("Control+Home");
    await page.waitForTimeout(150);
    await page.keyboard.type("X");
    await until(() => line.toString().startsWith("X"), "what was typed to arrive");
    expect(line.toString()).toBe("XOffer HK$ 12.40\nClosing 30 June\r\nTrustee");
    await until(async () => (await read(id)).version === 2, "it to be a version");
    const { document } = await server.ask<{
      document: { versions: { edges: { node: { bytes: number } }[] } };
    }>(
      "query ($id: ID!) { document(id: $id) { versions(last: 1) { edges { node { bytes } } } } }",
      { id },
      tokens.analyst1,
    );
    expect(document.versions.edges[0]?.node.bytes).toBeLessThan(40);
  });
});

describe("a plain text", () => {
  it("keeps formatting, objects and shared types that another editor has put in, through edits, a comparison and a restore", async () => {
    const id = await server.createDocument(tokens.analyst1 ?? "", "Quill's", "TEXT");
    using theirs = openEditor(server.url, id, tokens.analyst1 ?? "");
    await theirs.synced();
    theirs.text.insert(0, `Price ${words}`, { bold: true });
    theirs.text.insertEmbed(6, { image: "chart" });
    theirs.text.insertEmbed(0, new Y.Map([["kind", "note"]]));
    theirs.text.setAttribute("language", "en");
    await until(async () => (await read(id)).text.includes(words), "it to be committed");
    const before = await read(id);
    const was = state(theirs);
    expect(before.text).toBe(`Price ${words}`);
    await page.goto(`${server.url}/documents/${id}`);
    const paper = page.getByRole("textbox", { name: /^Text of / });
    await paper.getByText(words).waitFor();
    expect(await paper.textContent()).toBe(`\ufffcPrice \ufffc${words}`);
    await paper.click();
    await page.keyboard.press("Home");
    expect(state(theirs)).toBe(was);
    await page.keyboard.press("End");
    await page.waitForTimeout(150);
    await page.keyboard.type(" typed");
    await until(() => theirs.text.toString().includes(" typed"), "what was typed to arrive");
    expect(
      theirs.text
        .toDelta()
        .map(({ insert }: { insert: unknown }) => (insert instanceof Y.Map ? "map" : insert)),
    ).toEqual(["map", "Price ", { image: "chart" }, words, " typed"]);
    await server.ask(
      "mutation ($input: RestoreVersionInput!) { restoreVersion(input: $input) { version } }",
      { input: { documentId: id, version: before.version } },
      tokens.analyst1,
    );
    expect({ ...(await read(id)), version: 0 }).toEqual({ ...before, version: 0 });
    await until(() => !theirs.text.toString().includes("typed"), "the restore to arrive");
    expect(theirs.text.getAttribute("language")).toBe("en");
  });
});

describe("a document within the document", () => {
  it("is refused for its sender, on the record, and reaches nobody", async () => {
    const id = await server.createDocument(tokens.analyst1 ?? "", "Subdocument", "FILING");
    using theirs = openEditor(server.url, id, tokens.analyst1 ?? "");
    await theirs.synced();
    theirs.doc.getMap("documents").set("inner", new Y.Doc());
    expect(await theirs.closed()).toBe(4400);
    expect(await recorded(id, "document.edit-refused")).toBe(1);
    expect((await read(id)).version).toBe(0);
  });
});

describe("a table of short and long rows", () => {
  it("is repaired once, by whoever changes its shape, and by nobody who looks or types", async () => {
    const id = await server.createDocument(tokens.analyst1 ?? "", "Ragged", "FILING");
    using theirs = openEditor(server.url, id, tokens.analyst1 ?? "");
    await theirs.synced();
    const row = (...cells: string[]) =>
      element(
        "tableRow",
        {},
        ...cells.map((cell) => element("tableCell", { colspan: 1, rowspan: 1 }, paragraph(text(cell)))),
      );
    root(theirs.doc).insert(0, [element("table", {}, row("1"), row("2", "3", "4"))]);
    const table = root(theirs.doc).get(0) as Y.XmlElement;
    const widths = () => table.toArray().map((one) => (one as Y.XmlElement).length);
    await page.goto(`${server.url}/documents/${id}`);
    const paper = page.getByRole("textbox", { name: /^Text of / });
    await paper.getByText("4").click();
    if (browser === null) throw new Error("there is no browser");
    const onlooker = await signedIn(browser, server, "analyst3");
    await onlooker.goto(`${server.url}/documents/${id}`);
    await onlooker.locator(".paper td").first().click();
    await page.keyboard.type("!");
    await until(() => table.toString().includes("4!"), "the letter to arrive");
    expect(widths()).toEqual([1, 3]);
    await page.getByRole("button", { name: "Table" }).click();
    await page.getByRole("menuitem", { name: "Row below" }).click();
    await until(() => table.length === 3, "the row to arrive");
    expect(widths()).toEqual([3, 3, 3]);
    await onlooker.locator(".paper tr").nth(2).waitFor();
    await onlooker.locator(".paper td").last().click();
    await page.waitForTimeout(300);
    expect(widths()).toEqual([3, 3, 3]);
    const html = (await read(id)).html;
    expect(html.match(/<td/g)?.length).toBe(9);
    await onlooker.context().close();
  });
});
