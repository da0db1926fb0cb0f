import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import type { Browser } from "playwright-core";
import { spread } from "../measure/statistics.js";
import type { Options } from "../options.js";
import { Api } from "../servers/api.js";
import { analysts, onrecord, password } from "../servers/onrecord.js";
import { findBrowser } from "./browser.js";
import { MainThread } from "./main-thread.js";
import { othersTyping } from "./others.js";
import { type Build, bareEditable, openAt, signedIn } from "./pages.js";
import { keysTable, type Measured } from "./report.js";

const small = `<h1>A small filing</h1>${"<p>The board announces that the terms were agreed on this day.</p>".repeat(12)}`;

/**
 * `npm run bench -- keys`: what a keystroke costs the main thread of the page in Chromium, beside a bare editable, with two others typing in the
 * same filing. False: there is no browser, or a goal is missed. `options.beside` is another build of the page, measured in turns.
 */
export async function benchKeys(
  options: Options,
  signal: AbortSignal,
  tell: (line: string) => void,
): Promise<boolean> {
  const browser = await findBrowser();
  if (browser === undefined) {
    tell("SKIPPED keys: no Chromium was found; install one, or set CHROMIUM_PATH");
    return false;
  }
  const dir = await mkdtemp(join(tmpdir(), "onrecord-keys-"));
  try {
    await using server = await onrecord.start({ dir, limits: {}, seeded: false, nodeArgs: [] });
    const url = server.target.url.replace(/^ws/, "http").replace(/\/collab$/, "");
    const measured = await measure(browser, url, server.target.tokens, options, signal, tell);
    const { text, held } = keysTable(measured);
    tell(`\n${text}`);
    return held;
  } finally {
    await browser.close();
    await rm(dir, { recursive: true, force: true });
  }
}

async function measure(
  browser: Browser,
  url: string,
  [token = "", ...others]: readonly string[],
  { rounds, filing, beside }: Options,
  signal: AbortSignal,
  tell: (line: string) => void,
): Promise<Measured[]> {
  const api = new Api(url);
  const folder = await api.editableFolder(token);
  const documents = [{ name: "small", id: await api.importFiling(token, folder, "Small", small) }];
  if (existsSync(filing))
    documents.push({
      name: basename(filing),
      id: await api.importFiling(token, folder, "Large", await readFile(filing, "utf8")),
    });
  else tell(`SKIPPED a large filing: there is no ${filing}`);
  const builds: Build[] = [
    { name: "page" },
    ...(beside === undefined ? [] : [{ name: "beside", dir: resolve(beside) }]),
  ];
  const bare: number[] = [];
  const told = new Map<string, Measured & { values: number[]; opening: number[] }>();
  for (let round = 1; round <= rounds && !signal.aborted; round++) {
    const empty = await bareEditable(browser);
    bare.push(await (await MainThread.of(empty)).perKey());
    await empty.close();
    for (const build of builds) {
      const context = await signedIn(browser, { url, build, email: analysts[0] ?? "", password });
      for (const { name, id } of documents)
        for (const panel of [false, true]) {
          await using _ = await othersTyping(url, id, others);
          const { page, thread, opening } = await openAt(context, `${url}/documents/${id}`, panel);
          const cost = await thread.perKey();
          await page.close();
          const key = `${build.name} ${name} ${panel}`;
          const row = told.get(key) ?? { build: build.name, document: name, panel, values: [], opening: [] };
          row.values.push(cost);
          row.opening.push(opening);
          told.set(key, row);
          tell(
            `  ${round}. ${build.name} ${name}, panel ${panel ? "open" : "closed"}: ${cost.toFixed(1)} ms a key, ${opening.toFixed(0)} ms to open`,
          );
        }
      await context.close();
    }
  }
  tell(`  bare editable: ${(spread(bare)?.median ?? Number.NaN).toFixed(1)} ms a key`);
  return [...told.values(), { build: "bare editable", document: "", panel: false, values: bare }];
}
