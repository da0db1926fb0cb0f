import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { findBrowser, paperOf } from "./browsing.js";
import { Server } from "./server.js";

vi.setConfig({ testTimeout: 180_000 });

/**
 * What a first load may bring over the line, from nothing kept, with what HTTP says of each file, in bytes. It is to become 200,000 to
 * sign-in, and 450,000 to a filing; until then it does not grow.
 */
const SIGN_IN = 215_000;
const FILING = 740_000;

let browser: Browser | null = null;
let server: Server;

beforeAll(async () => {
  browser = await findBrowser();
  if (browser === null) return;
  server = await Server.create();
  await server.start();
});
afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
});
beforeEach((context) => {
  context.skip(browser === null, "no Chromium was found: install one, or set CHROMIUM_PATH");
});

/** Counts what a page receives. */
class Received {
  bytes = 0;
  readonly #line: CDPSession;

  private constructor(line: CDPSession) {
    this.#line = line;
    this.#line.on("Network.loadingFinished", ({ encodedDataLength }) => {
      this.bytes += encodedDataLength;
    });
  }

  static async by(page: Page): Promise<Received> {
    const line = await page.context().newCDPSession(page);
    const received = new Received(line);
    await line.send("Network.enable");
    return received;
  }
}

it("brings the first page, and then a filing, in few bytes", async () => {
  if (browser === null) return;
  const context = await browser.newContext({ locale: "en-GB" });
  const first = await context.newPage();
  const door = await Received.by(first);
  await first.goto(`${server.url}/sign-in`, { waitUntil: "networkidle" });
  await first.getByLabel("Email").waitFor();
  expect(door.bytes).toBeGreaterThan(50_000);
  expect(door.bytes, "to sign-in").toBeLessThanOrEqual(SIGN_IN);

  const token = await server.signIn("analyst1");
  const id = await server.createDocument(token, "Few bytes", "FILING");
  const other = await browser.newContext({ locale: "en-GB" });
  await other.request.post(`${server.url}/auth/sign-in`, {
    data: { email: "analyst1@demo.onrecord.test", password: "onrecord-demo" },
    headers: { origin: server.url },
  });
  const page = await other.newPage();
  const filing = await Received.by(page);
  await page.goto(`${server.url}/documents/${id}`);
  await paperOf(page);
  await page.waitForLoadState("networkidle");
  expect(filing.bytes, "to a filing").toBeLessThanOrEqual(FILING);
});

it("serves no source maps", async () => {
  const dist = fileURLToPath(new URL("../../web/dist", import.meta.url));
  const maps = readdirSync(dist, { recursive: true }).filter((name) => String(name).endsWith(".map"));
  expect(maps).toEqual([]);
});
