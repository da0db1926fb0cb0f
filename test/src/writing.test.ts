import { openEditor, until } from "@onrecord/testing/editor";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { findBrowser, paperOf, savedIn, signedIn } from "./browsing.js";
import { pdfText } from "./pdf-text.js";
import { Server } from "./server.js";

vi.setConfig({ testTimeout: 180_000 });

let browser: Browser | null = null;
let server: Server;
let token: string;
const pages: Page[] = [];

beforeAll(async () => {
  browser = await findBrowser();
  if (browser === null) return;
  server = await Server.create();
  await server.start();
  token = await server.signIn("analyst1");
});
afterEach(async () => {
  for (const page of pages.splice(0)) await page.context().close();
});
afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
});
beforeEach((context) => {
  context.skip(browser === null, "no Chromium was found: install one, or set CHROMIUM_PATH");
});

const folder = async (): Promise<string> => {
  const { folders } = await server.ask<{ folders: { edges: { node: { id: string; name: string } }[] } }>(
    "{ folders { edges { node { id name } } } }",
    {},
    token,
  );
  return folders.edges.find(({ node }) => node.name === "Project Harbour")?.node.id ?? "";
};
const imported = async (html: string): Promise<string> => {
  const { importDocument } = await server.ask<{ importDocument: { id: string } }>(
    "mutation ($input: ImportDocumentInput!) { importDocument(input: $input) { id } }",
    { input: { folderId: await folder(), title: "Written by a test", html } },
    token,
  );
  return importDocument.id;
};
const contentOf = async (id: string): Promise<string> => {
  const { document } = await server.ask<{ document: { content: string } }>(
    "query ($id: ID!) { document(id: $id) { content(format: HTML) } }",
    { id },
    token,
  );
  return document.content;
};
/** Analyst1 at a document of theirs. */
const at = async (id: string): Promise<Page> => {
  if (browser === null) throw new Error("there is no browser");
  const page = await signedIn(browser, server, "analyst1");
  pages.push(page);
  await page.goto(`${server.url}/documents/${id}`);
  return page;
};
const saved = (page: Page) =>
  until(async () => (await savedIn(page)).kind === "saved", "the indicator to rest at saved");
const paragraphs = (count: number) =>
  Array.from({ length: count }, (_, n) => `<p>Paragraph ${n + 1} of the offer, with its terms.</p>`).join("");

describe("the caret", () => {
  it("goes to the end and the beginning of a long filing, in sight, and what is typed stands there", async () => {
    const page = await at(await imported(`${paragraphs(900)}<p>The very last words</p>`));
    const paper = await paperOf(page);
    await paper.locator("p").first().click();
    await page.keyboard.press("Control+End");
    await page.keyboard.type(" stand here");
    const last = paper.locator("p").last();
    await until(
      async () => (await last.textContent()) === "The very last words stand here",
      "what was typed to stand at the end",
    );
    await until(async () => {
      const box = await last.boundingBox();
      return box !== null && box.y > 0 && box.y + box.height <= 900;
    }, "the end to be in sight");
    await page.keyboard.press("Shift+Control+Home");
    await until(
      async () => (await page.evaluate<string>("getSelection().toString()")).includes("Paragraph 450 of"),
      "all before the caret to be selected",
    );
    await page.keyboard.press("Control+Home");
    await page.keyboard.type("First: ");
    await paper.locator("p").first().getByText("First: Paragraph 1 of").waitFor();
  });

  it("is in a new filing and a new text at once", async () => {
    for (const kind of ["FILING", "TEXT"] as const) {
      const page = await at(await server.createDocument(token, `New ${kind}`, kind));
      const paper = await paperOf(page);
      await until(
        () => paper.evaluate((element) => element.ownerDocument.activeElement === element),
        "the caret to be in the text",
      );
      await page.keyboard.type("Begun without a click");
      await paper.getByText("Begun without a click").waitFor();
    }
  });

  it("leaves a link behind: what is typed after it is not of it", async () => {
    const id = await imported('<p>See <a href="https://example.test/terms">the terms</a></p><p>More</p>');
    const page = await at(id);
    await (await paperOf(page)).locator("p").first().click();
    await page.keyboard.press("End");
    await page.keyboard.type(" and nothing else");
    await saved(page);
    const content = await contentOf(id);
    expect(content).toContain("the terms</a> and nothing else");
  });

  it("is back in the document after a restore", async () => {
    const id = await imported(paragraphs(3));
    const page = await at(id);
    const paper = await paperOf(page);
    await paper.locator("p").first().click();
    await page.keyboard.type("Another word. ");
    await saved(page);
    await page.goto(`${server.url}/documents/${id}?version=1`);
    await page.getByRole("button", { name: "Restore", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Restore" }).click();
    await until(
      () => paper.evaluate((element) => element.ownerDocument.activeElement === element),
      "the caret to be back in the text",
    );
    expect(page.url()).not.toContain("version=");
  });
});

describe("somebody who reads a text", () => {
  it("keeps their line while a colleague writes above it", async () => {
    const id = await server.createText(token, "Read while it is written");
    using colleague = openEditor(server.url, id, token);
    await colleague.synced();
    const { text } = colleague;
    text.insert(0, Array.from({ length: 200 }, (_, n) => `Line ${n + 1}`).join("\n"));
    if (browser === null) throw new Error("there is no browser");
    const page = await signedIn(browser, server, "analyst2");
    pages.push(page);
    await page.goto(`${server.url}/documents/${id}`);
    const paper = await paperOf(page);
    await paper.getByText("Line 1", { exact: true }).waitFor();
    await page.mouse.move(500, 500);
    await page.mouse.wheel(0, 2500);
    const line = paper.getByText("Line 100", { exact: true });
    await line.waitFor();
    await page.waitForTimeout(500);
    const before = (await line.boundingBox())?.y ?? Number.NaN;
    text.insert(0, "Written above\n".repeat(12));
    await until(
      async () => (await savedIn(page)).version === 2 || (await page.getByText("Version 2").count()) > 0,
      "the change to arrive",
    );
    await page.waitForTimeout(500);
    expect(Math.abs(((await line.boundingBox())?.y ?? Number.NaN) - before)).toBeLessThan(30);
  });
});

describe("print", () => {
  it("has the whole filing, and nothing of the page around it", async () => {
    const id = await imported(`<h1>The offer</h1>${paragraphs(400)}<p>The end of the offer</p>`);
    const page = await at(id);
    await (await paperOf(page)).locator("p").first().waitFor();
    await page.getByText("Version 1").first().waitFor();
    const text = pdfText(await page.pdf({ format: "A4" }));
    expect(text.startsWith("Theoffer")).toBe(true);
    for (const n of [1, 2, 200, 399, 400]) expect(text).toContain(`Paragraph${n}oftheoffer,withitsterms.`);
    expect(text.endsWith("Theendoftheoffer")).toBe(true);
    expect(text.length).toBe((await contentOf(id)).replace(/<[^>]*>|\s/g, "").length);
  });

  it("has the whole text, and a version that is read without its bar", async () => {
    const id = await server.createText(token, "To be printed");
    using colleague = openEditor(server.url, id, token);
    await colleague.synced();
    colleague.text.insert(0, Array.from({ length: 300 }, (_, n) => `Line ${n + 1}.`).join("\n"));
    const page = await at(id);
    const paper = await paperOf(page);
    await paper.getByText("Line 1.", { exact: true }).waitFor();
    const whole = Array.from({ length: 300 }, (_, n) => `Line${n + 1}.`).join("");
    expect(pdfText(await page.pdf({ format: "A4" }))).toBe(whole);
    await page.goto(`${server.url}/documents/${id}?version=1`);
    await page.getByRole("button", { name: "Restore", exact: true }).waitFor();
    await page.getByText("Line 300.").waitFor();
    expect(pdfText(await page.pdf({ format: "A4" }))).toBe(whole);
  });
});
