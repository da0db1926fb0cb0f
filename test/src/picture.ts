import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { caretBehind, documentIn, findBrowser, open, paperOf, savedIn, signedIn } from "./browsing.js";
import { Server } from "./server.js";

const picture = fileURLToPath(new URL("../../docs/images/co-editing.png", import.meta.url));
const FILING = "Project Harbour: announcement";

/** Makes the README's picture: two analysts in one filing of a fresh demo firm, as one of them sees it. */
async function takePicture(): Promise<void> {
  await using server = await Server.create();
  await server.start();
  const browser = await findBrowser();
  if (browser === null) throw new Error("no Chromium was found: install one, or set CHROMIUM_PATH");
  try {
    const options = { timezoneId: "Asia/Hong_Kong", colorScheme: "light" } as const;
    const [ching, lam] = await Promise.all([
      signedIn(browser, server, "analyst1", options),
      signedIn(browser, server, "analyst2", options),
    ]);
    for (const page of [ching, lam]) await open(page, FILING);
    await write(lam, "fleet of 132 refrigerated lorries", " Its customers are supermarkets and hotels.");
    await write(ching, "relying on any part of it", " This draft is not for release.");
    await name(await server.signIn("analyst1"), server, documentIn(ching), "Sent to the working group");
    await write(lam, "Stock code", " ");
    await write(ching, "Its customers are supermarkets", " None of them buys more than a tenth.");
    await write(lam, "The price is set out under", " Both were settled at arm's length.");
    // Ching's second window looks on, so that the carets of both are seen with their names.
    const onlooker = await ching.context().newPage();
    await onlooker.goto(ching.url());
    const paper = await paperOf(onlooker);
    for (const page of [ching, lam]) await page.keyboard.type(".");
    for (const page of [ching, lam]) await page.keyboard.press("Backspace");
    for (const name of ["Tsz Ching Wong", "Hoi Lam Chan"])
      await paper.locator(".caret-name", { hasText: name }).waitFor();
    await settled(onlooker);
    await mkdir(dirname(picture), { recursive: true });
    await onlooker.screenshot({ path: picture });
  } finally {
    await browser.close();
  }
}

async function write(page: Page, behind: string, words: string): Promise<void> {
  await caretBehind(await paperOf(page), behind);
  await page.keyboard.type(words, { delay: 15 });
  await settled(page);
}

async function settled(page: Page): Promise<void> {
  while ((await savedIn(page)).kind !== "saved") await page.waitForTimeout(50);
}

async function name(token: string, server: Server, documentId: string, name: string): Promise<void> {
  const { document } = await server.ask<{ document: { version: number } }>(
    "query ($id: ID!) { document(id: $id) { version } }",
    { id: documentId },
    token,
  );
  const input = { documentId, version: document.version, name };
  await server.ask(
    "mutation ($input: NameVersionInput!) { nameVersion(input: $input) { number } }",
    { input },
    token,
  );
}

await takePicture();
