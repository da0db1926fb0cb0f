import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { build, preview } from "vite";
import type { MonacoPage } from "./monaco-page/main.js";
import type { Binding } from "./peer.js";

/** A page of the tests, built and served on loopback for as long as it is wanted. */
export async function servePage(root: string): Promise<AsyncDisposable & { readonly url: string }> {
  await using resources = new AsyncDisposableStack();
  const outDir = await mkdtemp(join(tmpdir(), "onrecord-page-"));
  resources.defer(() => rm(outDir, { recursive: true, force: true }));
  const shared = { root, configFile: false, logLevel: "error" } as const;
  await build({ ...shared, build: { outDir, emptyOutDir: true, target: "es2023", minify: false } });
  const server = await preview({ ...shared, build: { outDir }, preview: { host: "127.0.0.1", port: 0 } });
  resources.defer(() => server.close());
  const owned = resources.move();
  return { url: server.resolvedUrls!.local[0]!, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** A plain text editor on a page in a real browser, where each person has a page and a keyboard of their own. */
export function inChromium(
  name: string,
  site: () => { readonly context: BrowserContext; readonly url: string },
): Binding {
  const fresh = async (): Promise<Page> => {
    const { context, url } = site();
    const page = await context.newPage();
    await page.goto(url);
    await page.waitForFunction(() => "page" in window);
    return page;
  };
  return {
    name,
    kind: "TEXT",
    formats: false,
    open: async (seat) => {
      const page = await fresh();
      await page.evaluate((seat) => window.page.open(seat), seat);
      const call = <Name extends Exclude<keyof MonacoPage, "open" | "load">>(name: Name) =>
        page.evaluate((name) => window.page[name](), name) as Promise<ReturnType<MonacoPage[Name]>>;
      const press = async (keys: string) => {
        await page.getByRole("textbox").focus();
        await page.keyboard.press(keys);
      };
      return {
        type: async (words, where) => {
          await press(where === "start" ? "Control+Home" : "Control+End");
          await page.keyboard.type(words);
        },
        undo: () => press("Control+z"),
        focus: () => press("Control+End"),
        shown: () => call("shown"),
        words: () => call("shown"),
        carets: () => call("carets"),
        synced: () => call("synced"),
        closed: () => call("closed"),
        disconnect: () => call("disconnect"),
        connect: () => call("connect"),
        [Symbol.asyncDispose]: () => page.close(),
      };
    },
    show: async (state) => {
      const page = await fresh();
      await page.evaluate((state) => window.page.load(state), Buffer.from(state).toString("base64"));
      const shown = await page.evaluate(() => window.page.shown());
      await page.close();
      return shown;
    },
  };
}
