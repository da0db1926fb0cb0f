import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";

import { MainThread } from "./main-thread.js";

/** A built web app: the server's own when it has no directory. */
export interface Build {
  readonly name: string;
  readonly dir?: string;
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

/** Somebody at a browser of their own, signed in. */
export async function signedIn(
  browser: Browser,
  { url, build, email, password }: { url: string; build: Build; email: string; password: string },
): Promise<BrowserContext> {
  const context = await browser.newContext({ locale: "en-GB", viewport: { width: 1440, height: 900 } });
  context.setDefaultTimeout(90_000);
  if (build.dir !== undefined) await serveFrom(context, url, build.dir);
  const page = await context.newPage();
  await page.goto(`${url}/sign-in`);
  await page.getByLabel("Email").fill(email);
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "Filings" }).first().waitFor();
  await page.close();
  return context;
}

/** Gives the browser another build of the page than the server has. */
async function serveFrom(context: BrowserContext, url: string, dir: string): Promise<void> {
  const server = /^\/(graphql|collab|auth|download)/;
  await context.route(`${url}/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    if (server.test(pathname)) return route.continue();
    const path = extname(pathname) === "" ? "/index.html" : pathname;
    const body = await readFile(join(dir, path)).catch(() => null);
    if (body === null) return route.continue();
    await route.fulfill({ body, contentType: types[extname(path)] ?? "application/octet-stream" });
  });
}

/** Opens a document, and tells what CPU that took, with its panel open or closed and puts the caret at the end of its first block that has words. */
export async function openAt(context: BrowserContext, address: string, panel: boolean) {
  const page = await context.newPage();
  // Counted from before the document: something of the same server first, so that its process is the same.
  await page.goto(new URL("/favicon.svg", address).href);
  const thread = await MainThread.of(page);
  await page.goto(address);
  const paper = page.getByRole("textbox", { name: /^Text of / });
  await paper.waitFor();
  await paper.locator("p").first().waitFor();
  const opening = await thread.used();
  const toggle = page.locator('[aria-controls="side-panel"]');
  if (((await toggle.getAttribute("aria-expanded")) === "true") !== panel) await toggle.click();
  await paper.locator("p").filter({ hasText: /\w{3}/ }).first().click();
  await page.keyboard.press("End");
  return { page, thread, opening };
}

/** A page with nothing but an editable block: the least that a key costs. */
export async function bareEditable(browser: Browser): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.setContent('<div contenteditable style="font: 17px serif">A bare editable.</div>');
  await page.locator("div").click();
  await page.keyboard.press("End");
  return page;
}
