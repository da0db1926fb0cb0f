import { fileURLToPath } from "node:url";
import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { findBrowser } from "../browsing.js";
import { describeCoEditing } from "./co-editing.js";
import { inChromium, servePage } from "./in-chromium.js";

// Monaco measures letters and lines for nearly everything it does: without a layout there is no editor to speak of.
let browser: Browser | null = null;
let context: BrowserContext;
let page: Awaited<ReturnType<typeof servePage>>;

beforeAll(async () => {
  browser = await findBrowser();
  if (browser === null) return;
  context = await browser.newContext();
  page = await servePage(fileURLToPath(new URL("monaco-page", import.meta.url)));
});
afterAll(async () => {
  await browser?.close();
  await page?.[Symbol.asyncDispose]();
});
beforeEach((context) => {
  context.skip(browser === null, "no Chromium was found: install one, or set CHROMIUM_PATH");
});

describeCoEditing(inChromium("Monaco", () => ({ context, url: page.url })));
