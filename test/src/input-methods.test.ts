import { type Editor, openEditor, until } from "@onrecord/testing/editor";
import type { Browser, CDPSession, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import * as Y from "yjs";
import { findBrowser, paperOf, signedIn } from "./browsing.js";
import { Server } from "./server.js";

vi.setConfig({ testTimeout: 180_000 });

/** A kind of document, and the shared text of its first line, in which a colleague's stock editor writes. */
interface Kind {
  readonly kind: "TEXT" | "FILING";
  line(doc: Y.Doc): Y.Text;
}

const kinds: readonly Kind[] = [
  { kind: "TEXT", line: (doc) => doc.getText("content") },
  {
    kind: "FILING",
    line: (doc) => {
      const paragraph = doc.getXmlFragment("default").get(0);
      const text = paragraph instanceof Y.XmlElement ? paragraph.get(0) : undefined;
      // Nobody has written yet: no line, and nothing in it.
      return text instanceof Y.XmlText ? text : new Y.Doc().getText();
    },
  },
];

let browser: Browser | null = null;
let server: Server;
let writer: Page;
let tokens: readonly [string, string];

beforeAll(async () => {
  browser = await findBrowser();
  if (browser === null) return;
  server = await Server.create();
  await server.start();
  tokens = [await server.signIn("analyst1"), await server.signIn("analyst2")];
  writer = await signedIn(browser, server, "analyst1");
});

afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
});

beforeEach((context) => {
  context.skip(browser === null, "no Chromium was found: install one, or set CHROMIUM_PATH");
});

/** An input method of the browser's, driven as the operating system does. */
class InputMethod {
  constructor(private readonly session: CDPSession) {}

  /** Shows what would be typed, underlined; in place of a stretch of what is there, as keyboards of phones do. */
  async compose(text: string, replaced?: readonly [from: number, to: number]): Promise<void> {
    await this.session.send("Input.imeSetComposition", {
      text,
      selectionStart: text.length,
      selectionEnd: text.length,
      ...(replaced ? { replacementStart: replaced[0], replacementEnd: replaced[1] } : {}),
    });
  }

  async commit(text: string): Promise<void> {
    await this.session.send("Input.insertText", { text });
  }
}

interface Desk {
  readonly id: string;
  readonly paper: Locator;
  readonly method: InputMethod;
  readonly colleague: Editor;
}

const contentOf = async (id: string) => {
  const { document } = await server.ask<{ document: { content: string } }>(
    "query ($id: ID!) { document(id: $id) { content(format: TEXT) } }",
    { id },
    tokens[0],
  );
  return document.content;
};

/** What stands on the paper, without the names at colleagues' carets. */
const shownOn = (paper: Locator): Promise<string> =>
  paper.evaluate((element) => {
    const lines = [...element.querySelectorAll(".cm-line, p")].map((line) => {
      const copy = line.cloneNode(true);
      if (copy instanceof Element) for (const caret of copy.querySelectorAll(".caret")) caret.remove();
      return copy.textContent ?? "";
    });
    return lines.join("\n");
  });

/** A new document, open in the page and at a colleague's. */
async function desk({ kind }: Kind, start = ""): Promise<Desk & Disposable> {
  const id = await server.createDocument(tokens[0], "Input methods", kind);
  const colleague = openEditor(server.url, id, tokens[1]);
  await colleague.synced();
  await writer.goto(`${server.url}/documents/${id}`);
  const paper = await paperOf(writer);
  await paper.click();
  const method = new InputMethod(await writer.context().newCDPSession(writer));
  if (start !== "") {
    await writer.keyboard.insertText(start);
    await until(async () => (await contentOf(id)) === start, `the record to have ${start}`);
    await until(() => colleague.text.doc !== null, "the colleague's document");
  }
  return { id, paper, method, colleague, [Symbol.dispose]: () => colleague[Symbol.dispose]() };
}

/** Waits until the record, the colleague and the page say the same, and says what. */
async function agreed(kind: Kind, { id, paper, colleague }: Desk, wanted: string): Promise<void> {
  const told = async () => [await contentOf(id), kind.line(colleague.doc).toString(), await shownOn(paper)];
  const last: string[] = [];
  await until(async () => {
    last.splice(0, 3, ...(await told()));
    return last.every((text) => text === wanted);
  }, `the record, the colleague and the page to agree on ${wanted}`).catch(() => undefined);
  expect(last).toEqual([wanted, wanted, wanted]);
}

describe.each(kinds)("in a $kind, an input method", (kind) => {
  it.each([
    ["𠵱", "𠵇"],
    ["𨋢", "𨋡"],
    ["😀", "😁"],
    ["👍🏻", "👍🏿"],
  ])("that offers %s and then %s leaves whole characters for everybody", async (first, second) => {
    using one = await desk(kind);
    await one.method.compose(first);
    await until(() => kind.line(one.colleague.doc).toString() === first, "the first candidate");
    await one.method.compose(second);
    await one.method.commit(second);
    await agreed(kind, one, second);
    await writer.keyboard.press("Control+z");
    await until(async () => !(await contentOf(one.id)).includes(second), "the undo");
    expect(await contentOf(one.id)).not.toContain("\ufffd");
  });

  it("composes on while a colleague types into the same line, and then shows what they typed", async () => {
    using one = await desk(kind, "Price: .");
    const line = kind.line(one.colleague.doc);
    await until(() => line.toString() === "Price: .", "the line at the colleague's");
    await writer.keyboard.press("ArrowLeft");
    await one.method.compose("ni");
    await until(() => line.toString() === "Price: ni.", "what is composed at the colleague's");
    line.insert(0, "The ");
    line.insert(line.length, " (HK$)");
    await until(async () => (await contentOf(one.id)) === "The Price: ni. (HK$)", "the colleague's words");
    for (const text of ["nih", "niha", "nihao"]) {
      await one.method.compose(text);
      // The colleague has this from the page, so the page has long had the colleague's words.
      await until(() => line.toString().includes(text), `${text} at the colleague's`);
      expect(await shownOn(one.paper)).toBe(`Price: ${text}.`);
      line.insert(line.length, "!");
      one.colleague.provider.awareness.setLocalStateField("cursor", {
        anchor: Y.createRelativePositionFromTypeIndex(line, 3),
        head: Y.createRelativePositionFromTypeIndex(line, 6),
      });
    }
    await one.method.commit("你好");
    await agreed(kind, one, "The Price: 你好. (HK$)!!!");
    await one.paper.locator(".caret").waitFor({ state: "attached" });
  });

  it("that is broken off leaves the colleague's words and nothing else", async () => {
    using one = await desk(kind, "Price");
    const line = kind.line(one.colleague.doc);
    await until(() => line.toString() === "Price", "the line at the colleague's");
    await one.method.compose("ni");
    await until(() => line.toString() === "Priceni", "what is composed at the colleague's");
    line.insert(0, "The ");
    await until(async () => (await contentOf(one.id)) === "The Priceni", "the colleague's words");
    await one.method.compose("");
    await agreed(kind, one, "The Price");
  });

  it("whose page loses the focus shows what waited", async () => {
    using one = await desk(kind, "Price");
    const line = kind.line(one.colleague.doc);
    await until(() => line.toString() === "Price", "the line at the colleague's");
    await one.method.compose("ni");
    await until(() => line.toString() === "Priceni", "what is composed at the colleague's");
    line.insert(0, "The ");
    await until(async () => (await contentOf(one.id)) === "The Priceni", "the colleague's words");
    await one.paper.evaluate((element) => element instanceof HTMLElement && element.blur());
    await agreed(kind, one, "The Priceni");
  });

  it("of a phone, which composes a word that is there already, and an autocorrection, are written as they are seen", async () => {
    using one = await desk(kind, "the helo");
    await one.method.compose("hello", [4, 8]);
    await one.method.commit("hello");
    await agreed(kind, one, "the hello");
    // What a browser does for a corrected word: it replaces the selection.
    await writer.keyboard.press("Control+Shift+ArrowLeft");
    await writer.evaluate(() => document.execCommand("insertText", false, "world 🌍"));
    await agreed(kind, one, "the world 🌍");
  });
});

describe("in a TEXT, line ends", () => {
  it("that are pasted or dropped become line feeds, for everybody and at once", async () => {
    const kind: Kind = { kind: "TEXT", line: (doc) => doc.getText("content") };
    using one = await desk(kind);
    await one.paper.evaluate((element) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", "one\r\ntwo\rthree");
      element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    });
    await writer.keyboard.insertText("!");
    await agreed(kind, one, "one\ntwo\nthree!");
    await one.paper.evaluate((element) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.setData("text/plain", "zero\r\n");
      const { left, top } = element.querySelector(".cm-line")?.getBoundingClientRect() ?? { left: 0, top: 0 };
      const at = { clientX: left + 1, clientY: top + 5 };
      element.dispatchEvent(new DragEvent("drop", { dataTransfer, ...at, bubbles: true, cancelable: true }));
    });
    await agreed(kind, one, "zero\none\ntwo\nthree!");
    one.colleague.text.insert(0, "theirs\r\n");
    await until(async () => (await contentOf(one.id)).startsWith("theirs\r\n"), "the colleague's line");
    // What is dropped is selected.
    await writer.keyboard.press("ArrowRight");
    await writer.keyboard.insertText("?");
    await agreed(kind, one, "theirs\r\nzero\n?one\ntwo\nthree!");
  });
});
