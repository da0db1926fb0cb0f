import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { caretBehind, documentIn, findBrowser, open, paperOf, savedIn, signedIn } from "./browsing.js";
import { Server } from "./server.js";

const images = fileURLToPath(new URL("../../docs/images/", import.meta.url));
const FILING = "Project Harbour: announcement";

/** Makes the README's pictures: two analysts in one filing of a fresh demo firm, as one of them sees it, and what they changed. */
async function takePictures(): Promise<void> {
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
    await write(lam, "refrigerated lorries", " Its clients are hotels.");
    await name(await server.signIn("analyst2"), server, documentIn(lam), "Sent to the working group");
    await write(ching, "Discloseable transaction", " and put option");
    // Ching's second window looks on, so that the carets of both are seen with their names.
    const onlooker = await ching.context().newPage();
    await onlooker.goto(ching.url());
    const paper = await paperOf(onlooker);
    await Promise.all([
      write(ching, "refrigerated lorries", " None takes a tenth of its space."),
      write(lam, "Draft 3, for the working group", ", not for release"),
    ]);
    for (const name of ["Tsz Ching Wong", "Hoi Lam Chan"])
      await paper.locator(".caret-name", { hasText: name }).waitFor();
    await settled(onlooker);
    await mkdir(images, { recursive: true });
    await onlooker.screenshot({ path: join(images, "co-editing.png") });
    await onlooker.getByRole("link", { name: "Compare versions" }).click();
    await onlooker.mouse.move(700, 700);
    await onlooker.locator("ins").first().waitFor();
    await onlooker.getByRole("tooltip").waitFor({ state: "hidden" });
    await onlooker.screenshot({ path: join(images, "changes.png") });
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

await takePictures();
