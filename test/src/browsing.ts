import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from "playwright-core";
import type { Server } from "./server.js";

const PASSWORD = "onrecord-demo";
const usualPlaces = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Starts a Chromium: the one at `CHROMIUM_PATH`, or one where systems usually have it; null when there is none. */
export async function findBrowser(): Promise<Browser | null> {
  const told = process.env.CHROMIUM_PATH;
  const executablePath = told ?? usualPlaces.find((place) => existsSync(place));
  if (executablePath === undefined) return null;
  // Chromium refuses to sandbox for root, which is who runs tests in containers.
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
}

/** A person of the demo firm at a browser of their own, signed in by keyboard alone. */
export async function signedIn(
  browser: Browser,
  server: Pick<Server, "url">,
  person: string,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext({
    locale: "en-GB",
    viewport: { width: 1440, height: 900 },
    ...options,
  });
  context.setDefaultTimeout(50_000);
  const page = await context.newPage();
  await page.goto(`${server.url}/sign-in`);
  await page.getByLabel("Email").and(page.locator(":focus")).waitFor();
  await page.keyboard.type(`${person}@demo.onrecord.test`);
  await page.keyboard.press("Tab");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Filings" }).waitFor();
  return page;
}

/** Opens a document from the front page and waits for its text. */
export async function open(page: Page, title: string): Promise<Locator> {
  await page.getByRole("link", { name: title, exact: true }).click();
  return paperOf(page);
}

/** The text of the document that is open, once it is there. */
export async function paperOf(page: Page): Promise<Locator> {
  const paper = page.getByRole("textbox", { name: /^Text of / });
  await paper.waitFor();
  return paper;
}

/** The id of the document that is open. */
export function documentIn(page: Page): string {
  const [, id] = /\/documents\/([^/?]+)/.exec(page.url()) ?? [];
  if (id === undefined) throw new Error(`${page.url()} is no document`);
  return id;
}

/** What the saved indicator says: its kind, and the version it names. */
export async function savedIn(page: Page): Promise<{ kind: string | null; version: number | null }> {
  const indicator = page.locator("[data-kind]").first();
  const [kind, text] = await Promise.all([indicator.getAttribute("data-kind"), indicator.textContent()]);
  const [, version] = /version (\d+)/.exec(text ?? "") ?? [];
  return { kind, version: version === undefined ? null : Number(version) };
}

/** Puts the caret at the end of the block of text that holds `words`. */
export async function caretBehind(paper: Locator, words: string): Promise<void> {
  const block = paper.locator("p, h1, h2, h3").filter({ hasText: words }).first();
  const box = await block.boundingBox();
  if (box === null) throw new Error(`"${words}" is not in sight`);
  // In the last line: the End key stays within the line that was clicked.
  await block.click({ position: { x: box.width / 2, y: box.height - 8 } });
  await paper.page().keyboard.press("End");
}
