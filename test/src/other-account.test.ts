import { until } from "@onrecord/testing/editor";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { findBrowser, paperOf, savedIn, signedIn } from "./browsing.js";
import { Line } from "./line.js";
import { Server } from "./server.js";

vi.setConfig({ testTimeout: 180_000 });

const PASSWORD = "onrecord-demo";
const CHING = "Tsz Ching Wong";
const LAM = "Hoi Lam Chan";
const THEIRS = `This browser is signed in as ${LAM} now`;

let browser: Browser | null = null;
let server: Server;
let line: Line;
let token: string;
let compliance: string;
const pages: Page[] = [];

beforeAll(async () => {
  browser = await findBrowser();
  if (browser === null) return;
  server = await Server.create();
  await server.start();
  line = await Line.to(server.port);
  token = await server.signIn("analyst1");
  compliance = await server.signIn("compliance");
});
afterEach(async () => {
  line?.mend();
  for (const page of pages.splice(0)) await page.context().close();
});
afterAll(async () => {
  await browser?.close();
  await line?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});
beforeEach((context) => {
  context.skip(browser === null, "no Chromium was found: install one, or set CHROMIUM_PATH");
});

/** Analyst1 in a browser of their own behind the line, in a new document. */
const ching = async (kind: "TEXT" | "FILING"): Promise<{ page: Page; id: string }> => {
  if (browser === null) throw new Error("there is no browser");
  const id = await server.createDocument(token, `Whose words (${kind})`, kind);
  const page = await signedIn(browser, line, "analyst1");
  pages.push(page);
  await page.goto(`${line.url}/documents/${id}`);
  await (await paperOf(page)).click();
  return { page, id };
};
/** Signs somebody in in the browser of a page without the page's doing, nor a word to it: as another window would. */
const takesOver = async (page: Page, person: string) => {
  const answer = await page.context().request.post(`${server.url}/auth/sign-in`, {
    data: { email: `${person}@demo.onrecord.test`, password: PASSWORD },
    headers: { origin: server.url },
  });
  expect(answer.status()).toBe(200);
};
const signInAgain = async (page: Page) => {
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await dialog.getByRole("button", { name: /^Sign in/ }).click();
  await dialog.waitFor({ state: "detached" });
};
const saved = (page: Page) => until(async () => (await savedIn(page)).kind === "saved", "it to be saved");
interface Version {
  readonly number: number;
  readonly author: { readonly name: string } | null;
  readonly carrier: { readonly name: string } | null;
}
const look = async (id: string) => {
  const { document } = await server.ask<{
    document: { content: string; versions: { edges: { node: Version }[] } };
  }>(
    "query ($id: ID!) { document(id: $id) { content versions(last: 100) { edges { node { number author { name } carrier { name } } } } } }",
    { id },
    token,
  );
  return { text: document.content.trim(), versions: document.versions.edges.map(({ node }) => node) };
};
const writers = async (id: string) =>
  new Set((await look(id)).versions.flatMap(({ author, carrier }) => [author?.name, carrier?.name]));
const entries = async (action: string) => {
  const { auditEntries } = await server.ask<{
    auditEntries: { edges: { node: { actor: { name: string }; detail: { reason?: string } } }[] };
  }>(
    "query ($actions: [String!]) { auditEntries(first: 200, filter: { actions: $actions }) { edges { node { actor { name } detail } } } }",
    { actions: [action] },
    compliance,
  );
  return auditEntries.edges.map(({ node }) => node);
};
const refusedPages = async () =>
  (await entries("session.refused")).filter(({ detail }) => detail.reason === "other-session");

describe.each(["TEXT", "FILING"] as const)(
  "a %s in which somebody writes, while a colleague signs in in their browser",
  (kind) => {
    it("gets nothing of the page when its line comes back, until the same person signs in again there", async () => {
      const { page, id } = await ching(kind);
      await page.keyboard.type("One.");
      await saved(page);
      const before = await look(id);
      const refused = (await refusedPages()).length;
      line.down();
      await page.locator('[data-kind="offline"]').waitFor();
      await page.keyboard.type(" Two.");
      await takesOver(page, "analyst2");
      line.mend();
      const dialog = page.getByRole("dialog", { name: THEIRS });
      await dialog.waitFor();
      await dialog
        .getByText(`Nothing is sent from it, in anybody’s name, until ${CHING} signs in again here.`)
        .waitFor();
      await dialog.getByText("5 changes are not saved yet.").waitFor();
      expect((await savedIn(page)).kind).toBe("ended");
      expect(await page.getByRole("textbox", { name: /^Text of / }).textContent()).toContain("One. Two.");
      expect(await look(id)).toEqual(before);
      const entry = (await refusedPages()).slice(0, -refused || undefined);
      expect(entry.length).toBeGreaterThan(0);
      expect(new Set(entry.map(({ actor }) => actor.name))).toEqual(new Set([LAM]));

      await signInAgain(page);
      await saved(page);
      await paperOf(page);
      await (await paperOf(page)).press("Control+End");
      await page.keyboard.type(" Three.");
      await saved(page);
      expect((await look(id)).text).toBe("One. Two. Three.");
      expect(await writers(id)).toEqual(new Set([CHING]));
    });

    it("stays the writer's when they have only signed in anew", async () => {
      const { page, id } = await ching(kind);
      await page.keyboard.type("One.");
      await saved(page);
      await takesOver(page, "analyst1");
      line.cut();
      await page.keyboard.type(" Two.");
      await saved(page);
      expect(await page.getByRole("dialog").count()).toBe(0);
      expect((await look(id)).text).toBe("One. Two.");
      expect(await writers(id)).toEqual(new Set([CHING]));
    });
  },
);

describe("two tabs of one browser", () => {
  it("notice at once who is signed in, and each is its own person's, in turns", async () => {
    const { page: hers, id } = await ching("TEXT");
    await hers.keyboard.type("Ching’s.");
    await saved(hers);
    const his = await hers.context().newPage();
    await his.goto(line.url);
    await his.getByRole("button", { name: /^Account|Wong/ }).click();
    await his.getByRole("menuitem", { name: "Sign out" }).click();
    // Nothing was asked of the server by her page: the other tab told it.
    await hers.getByRole("dialog", { name: "Sign in again" }).waitFor();
    await his.getByLabel("Email").fill("analyst2@demo.onrecord.test");
    await his.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await his.getByRole("button", { name: "Sign in", exact: true }).click();
    await his.getByRole("heading", { name: "Filings" }).waitFor();
    await hers.getByRole("dialog", { name: THEIRS }).waitFor();

    await his.goto(`${line.url}/documents/${id}`);
    await (await paperOf(his)).press("Control+End");
    await his.keyboard.type(" Lam’s.");
    await saved(his);
    await signInAgain(hers);
    await his.getByRole("dialog", { name: `This browser is signed in as ${CHING} now` }).waitFor();
    const paper = await paperOf(hers);
    await until(async () => (await paper.textContent())?.includes("Lam’s.") ?? false, "her page to go on");
    await paper.press("Control+End");
    await hers.keyboard.type(" Ching’s again.");
    await saved(hers);
    const { text, versions } = await look(id);
    expect(text).toBe("Ching’s. Lam’s. Ching’s again.");
    expect([versions[0], versions.at(-1)].map((version) => version?.author?.name)).toEqual([CHING, CHING]);
    expect(await writers(id)).toEqual(new Set([CHING, LAM]));
  });

  it("give the page to the other person only after saying what is lost, and never in their name", async () => {
    const { page, id } = await ching("FILING");
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: line.url });
    await page.keyboard.type("Kept.");
    await saved(page);
    line.down();
    await page.locator('[data-kind="offline"]').waitFor();
    await page.keyboard.type(" Never sent.");
    await takesOver(page, "analyst2");
    line.mend();
    const dialog = page.getByRole("dialog", { name: THEIRS });
    await dialog.getByRole("button", { name: `Open this page as ${LAM}` }).click();
    await dialog.getByText(/^12 changes of Tsz Ching Wong’s are not saved, and are lost/).waitFor();
    await dialog.getByRole("button", { name: "Copy the text" }).click();
    await until(
      async () => (await page.evaluate("navigator.clipboard.readText()")) === "Kept. Never sent.",
      "the words to be in the clipboard",
    );
    await dialog.getByRole("button", { name: "Back" }).click();
    await dialog.getByRole("button", { name: `Sign in as ${CHING}` }).waitFor();
    await dialog.getByRole("button", { name: `Open this page as ${LAM}` }).click();
    await dialog.getByRole("button", { name: `Lose them and open as ${LAM}` }).click();
    await page.locator("header").getByText(LAM).waitFor();
    const paper = await paperOf(page);
    await until(async () => (await paper.textContent()) === "Kept.", "the document as it is kept");
    await paper.press("Control+End");
    await page.keyboard.type(" Lam.");
    await saved(page);
    expect((await look(id)).text).toBe("Kept. Lam.");
    expect((await look(id)).versions.at(-1)?.author?.name).toBe(LAM);
  });
});

describe("what else a page asks for", () => {
  it("is not done in the name of whoever has signed in since: no download, and no entry of one", async () => {
    const { page } = await ching("TEXT");
    await page.keyboard.type("Mine.");
    await saved(page);
    await takesOver(page, "analyst2");
    const refused = (await refusedPages()).length;
    await page.getByRole("button", { name: "Download" }).click();
    await page.getByRole("menuitem", { name: "Plain text" }).click();
    await page.getByRole("dialog", { name: THEIRS }).waitFor();
    expect((await entries("document.downloaded")).length).toBe(0);
    // What the page was just asking for by itself may be refused with it.
    expect((await refusedPages()).length).toBeGreaterThan(refused);
    // Her own sign-in again, and the same click is hers.
    await signInAgain(page);
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download" }).click();
    await page.getByRole("menuitem", { name: "Plain text" }).click();
    await download;
    expect((await entries("document.downloaded")).map(({ actor }) => actor.name)).toEqual([CHING]);
  });

  it("is not signing the other person out", async () => {
    const { page } = await ching("TEXT");
    await takesOver(page, "analyst2");
    await page.getByRole("button", { name: /Wong/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.locator("header").getByText(LAM).waitFor();
    expect((await entries("session.ended")).filter(({ actor }) => actor.name === LAM)).toEqual([]);
  });
});
