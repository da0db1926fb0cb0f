import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createLogger } from "@onrecord/core/log";
import { Database } from "@onrecord/postgres/database";
import { findRunningPostgres } from "@onrecord/postgres/embedded/running";
import { until } from "@onrecord/testing/editor";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { caretBehind, documentIn, findBrowser, open, paperOf, savedIn, signedIn } from "./browsing.js";
import { Server } from "./server.js";

// Above what any single step may wait, so that the step that waits in vain is the one that is named.
vi.setConfig({ testTimeout: 180_000 });

const FILING = "Project Harbour: announcement";
const prospectus = fileURLToPath(
  new URL("../../../shared/data/filings/camp4-424b4-prospectus.html", import.meta.url),
);

let browser: Browser | null = null;
let server: Server;
let token: string;

beforeAll(async () => {
  browser = await findBrowser();
  if (browser === null) return;
  server = await Server.create();
  await server.start();
  token = await server.signIn("analyst1");
});

afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
});

beforeEach((context) => {
  context.skip(browser === null, "no Chromium was found: install one, or set CHROMIUM_PATH");
});

const person = (name: string): Promise<Page> => {
  if (browser === null) throw new Error("there is no browser");
  return signedIn(browser, server, name);
};
const ask = async (id: string, version?: number) => {
  const { document } = await server.ask<{ document: { version: number; content: string } }>(
    "query ($id: ID!, $version: Int) { document(id: $id) { version content(version: $version, format: HTML) } }",
    { id, version },
    token,
  );
  return document;
};
const saved = (page: Page) =>
  until(async () => {
    const { kind, version } = await savedIn(page);
    return kind === "saved" && version === (await ask(documentIn(page))).version;
  }, "the indicator to tell the committed version");

describe("two analysts in one filing", () => {
  let ching: Page;
  let lam: Page;

  beforeAll(async () => {
    if (browser === null) return;
    [ching, lam] = await Promise.all([person("analyst1"), person("analyst2")]);
    await Promise.all([open(ching, FILING), open(lam, FILING)]);
  });

  it("see each other's text and named carets as they type, and who is there", async () => {
    const [mine, theirs] = await Promise.all([paperOf(ching), paperOf(lam)]);
    await caretBehind(mine, "The board of Lantern Quay");
    await ching.keyboard.type(" Typed by Ching.");
    await theirs.getByText("Typed by Ching.").waitFor();
    await theirs.locator(".caret-name", { hasText: "Tsz Ching Wong" }).waitFor({ state: "attached" });
    await caretBehind(theirs, "The price is set out under");
    await lam.keyboard.type(" Typed by Lam.");
    await mine.getByText("Typed by Lam.").waitFor();
    await mine.locator(".caret-name", { hasText: "Hoi Lam Chan" }).waitFor({ state: "attached" });
    const colours = ching.getByRole("list", { name: /^2 people here/ }).getByRole("listitem");
    await until(async () => (await colours.count()) === 2, "both to be shown as present");
    const styles = await Promise.all([0, 1].map((n) => colours.nth(n).getAttribute("style")));
    expect(styles[0]).not.toBe(styles[1]);
    await Promise.all([saved(ching), saved(lam)]);
  });

  it("are not told that something is saved before it is durable, nor shown it", async () => {
    const [mine, theirs] = await Promise.all([paperOf(ching), paperOf(lam)]);
    const id = documentIn(ching);
    const before = (await ask(id)).version;
    const urls = await findRunningPostgres(server.dataDir);
    if (urls === undefined) throw new Error("no database answers");
    await using db = new Database(urls.adminUrl, { log: createLogger("silent") });
    await db.transaction(async (tx) => {
      await tx.query("select from documents.head where document_id = $1 for update", [id]);
      await caretBehind(mine, "The board of Lantern Quay");
      await ching.keyboard.type("!");
      await ching.locator('[data-kind="saving"]').waitFor();
      // From here on every sentence of the indicator is kept, so that a flicker between two looks is seen as well.
      await ching.evaluate(`{
        const indicator = document.querySelector("[data-kind]");
        window.told = [];
        const keep = () => window.told.push(indicator.dataset.kind);
        new MutationObserver(keep).observe(indicator, { attributes: true, childList: true, characterData: true, subtree: true });
        keep();
      }`);
      await ching.keyboard.type(" held back");
      await until(async () => {
        const waiting = await db.query("select from pg_stat_activity where wait_event_type = 'Lock'");
        return waiting.length > 0;
      }, "the commit to wait for the held row");
      expect(await mine.getByText("held back").count()).toBe(1);
      expect(await theirs.getByText("held back").count()).toBe(0);
      expect((await ask(id)).version).toBe(before);
      expect(new Set(await ching.evaluate<string[]>("window.told"))).toEqual(new Set(["saving"]));
    });
    await theirs.getByText("held back").waitFor();
    await saved(ching);
    expect((await ask(id)).version).toBeGreaterThan(before);
  });

  it("see the list of versions grow with the right authors", async () => {
    const panel = ching.getByRole("complementary", { name: "Versions and record" });
    await panel.getByText("Hoi Lam Chan").first().waitFor();
    await panel.getByText("Tsz Ching Wong").first().waitFor();
    // The demo's own first version was written by nobody.
    await panel.getByRole("listitem").filter({ hasText: "Version 1" }).getByText("Onrecord").waitFor();
    const { document } = await server.ask<{
      document: {
        version: number;
        versions: { edges: { node: { number: number; author: { name: string } | null } }[] };
      };
    }>(
      "query ($id: ID!) { document(id: $id) { version versions(last: 100) { edges { node { number author { name } } } } } }",
      { id: documentIn(ching) },
      token,
    );
    const authors = new Set(document.versions.edges.map(({ node }) => node.author?.name ?? null));
    expect(authors).toEqual(new Set([null, "Tsz Ching Wong", "Hoi Lam Chan"]));
    expect(document.versions.edges.at(-1)?.node.number).toBe(document.version);
  });

  it("are shown to a colleague as who wrote what, and as what changed since the beginning", async () => {
    const id = documentIn(ching);
    const { version } = await ask(id);
    const manager = await person("manager");
    await manager.goto(`${server.url}/documents/${id}`);
    await manager.getByRole("link", { name: "Compare versions" }).click();
    const inserted = (words: string) => manager.locator("ins").filter({ hasText: words });
    for (const [words, name] of [
      ["Typed by Ching.", "Tsz Ching Wong"],
      ["Typed by Lam.", "Hoi Lam Chan"],
    ] as const) {
      await inserted(words).waitFor();
      // Said to those who cannot see the colour.
      expect(await inserted(words).textContent()).toContain(`Inserted by ${name}`);
    }
    const colour = (words: string) => inserted(words).getAttribute("style");
    expect(await colour("Typed by Ching.")).toMatch(/--person/);
    expect(await colour("Typed by Ching.")).not.toBe(await colour("Typed by Lam."));
    await manager.getByRole("status").filter({ hasText: "2 places changed" }).waitFor();
    await manager.getByRole("button", { name: "Next change" }).press("Enter");
    await manager.locator("ins:focus").filter({ hasText: "Typed by Ching." }).waitFor();

    await manager.getByText("Who wrote what", { exact: true }).click();
    const page = manager.getByRole("article", { name: `Who wrote version ${version}` });
    await page.getByText("Written by Hoi Lam Chan").first().waitFor({ state: "attached" });
    const legend = manager.getByRole("list", { name: "Authors" });
    expect(await legend.getByRole("listitem").count()).toBe(3);
    await legend.getByRole("button", { name: "Show only Hoi Lam Chan" }).press("Enter");
    await page.locator("[data-faded]", { hasText: "Typed by Ching." }).waitFor();
    expect(await page.locator("[data-faded]", { hasText: "Typed by Lam." }).count()).toBe(0);

    await manager.getByText("Text", { exact: true }).click();
    await manager.getByRole("article", { name: `Version ${version}`, exact: true }).waitFor();
    await manager.getByRole("slider", { name: "Version shown" }).press("Home");
    const first = manager.getByRole("article", { name: "Version 1", exact: true });
    await until(async () => (await first.count()) === 1, "the first version to be shown");
    await until(
      async () => !((await first.textContent()) ?? "").includes("Typed by"),
      "the text of the first version",
    );
    expect(manager.url()).toMatch(/version=1$/);
    await manager.context().close();
  });

  it("bring back version 1 as a new version, on both pages, on the record that one watches", async () => {
    const id = documentIn(ching);
    const before = await ask(id);
    await lam.getByRole("tab", { name: "Record" }).click();
    await lam
      .getByText(/made \d+ edits|edited this document/)
      .first()
      .waitFor();
    await ching.getByRole("button", { name: "Actions for version 1", exact: true }).click();
    await ching.getByRole("menuitem", { name: "Restore" }).click();
    await ching.getByRole("dialog").getByRole("button", { name: "Restore" }).click();
    for (const page of [ching, lam]) {
      const paper = await paperOf(page);
      await until(
        async () => !/Typed by|held back/.test((await paper.textContent()) ?? ""),
        "the old text to be back",
      );
    }
    const after = await ask(id);
    expect(after.version).toBe(before.version + 1);
    expect(after.content).toBe((await ask(id, 1)).content);
    expect((await ask(id, before.version)).content).toBe(before.content);
    await lam
      .getByRole("listitem")
      .filter({ hasText: `Tsz Ching Wong restored version 1 of this document as version ${after.version}` })
      .waitFor();
    // Alone, or at the end of a run: both name the version, then its time, and its author.
    await ching
      .getByRole("listitem")
      .filter({ hasText: new RegExp(`(Version |–)${after.version}(Current)?\\d\\d:`) })
      .filter({ hasText: "Tsz Ching Wong" })
      .waitFor();
    await Promise.all([saved(ching), saved(lam)]);
    await lam.goto(`${server.url}/documents/${id}?version=${after.version}&from=${before.version}`);
    const deleted = lam.locator("del").filter({ hasText: "Typed by Lam." });
    await deleted.waitFor();
    expect(await deleted.textContent()).toContain("Deleted by Tsz Ching Wong");
  });
});

describe("a trader who may only view", () => {
  it("is refused a download with the reason, while compliance watches the alert arrive", async () => {
    const [trader, compliance] = await Promise.all([person("trader"), person("compliance")]);
    await compliance.getByRole("link", { name: /^Alerts/ }).click();
    const alert = compliance
      .getByRole("listitem")
      .filter({ hasText: "Siu Ming Ng was refused the download of Settlement instruction: escrow deposit" });
    await compliance.getByText("Live", { exact: true }).waitFor();
    expect(await alert.count()).toBe(0);
    await open(trader, "Settlement instruction: escrow deposit");
    expect(await trader.getByRole("toolbar").count()).toBe(0);
    await trader.getByRole("button", { name: "Download" }).click();
    await trader.getByRole("menuitem", { name: "HTML file" }).click();
    const refusal = trader.getByRole("alert").filter({ hasText: "The download was refused" });
    await refusal.filter({ hasText: "they may not download, copy, print or forward them" }).waitFor();
    await alert.waitFor();
    expect(await alert.textContent()).toContain("Refused download");
  });
});

describe("a real prospectus", () => {
  it("is imported in the browser, opens, and takes a keystroke", async (context) => {
    context.skip(
      !existsSync(prospectus),
      "the real filings are not here: shared/data/filings beside the clone",
    );
    const page = await person("analyst3");
    await page.getByRole("button", { name: "Add · Project Harbour" }).click();
    await page.getByRole("menuitem", { name: "Import HTML" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.locator('input[type="file"]').setInputFiles(prospectus);
    await dialog.getByLabel("Title").fill("A real prospectus");
    await dialog.getByRole("button", { name: "Import HTML" }).click();
    const paper = await paperOf(page);
    await paper.locator("table").first().waitFor({ state: "attached" });
    await saved(page);
    const before = (await ask(documentIn(page))).version;
    await paper.locator("p").filter({ hasText: /\w/ }).first().click();
    await page.keyboard.type("x");
    await until(
      async () => (await ask(documentIn(page))).version === before + 1,
      "the keystroke to be a version",
    );
    await saved(page);
  });
});

describe("somebody who looks after their own sessions", () => {
  it("sees them, ends one and then all others, and changes the password, by keyboard alone", async () => {
    const page = await person("risk");
    const tokens = [await server.signIn("risk"), await server.signIn("risk"), await server.signIn("risk")];
    const lives = async (one: string) =>
      server.ask("{ me { sessionId } }", {}, one).then(
        () => true,
        () => false,
      );
    await page.getByRole("button", { name: /^Account menu/ }).press("Enter");
    await page.getByRole("menuitem", { name: "Sessions and password" }).press("Enter");
    const list = page.getByRole("list", { name: "Where you are signed in" });
    await until(async () => (await list.getByRole("listitem").count()) === 4, "all four to be listed");
    const mine = list.getByRole("listitem").filter({ hasText: "This session" });
    expect(await mine.getByText(/^Chrome on /).count()).toBe(1);
    expect(await mine.getByRole("button").count()).toBe(0);
    await list
      .getByRole("button", { name: /^End the session of / })
      .first()
      .press("Enter");
    await until(async () => (await list.getByRole("listitem").count()) === 3, "one to be gone");
    await page.locator("h2:focus", { hasText: "Where you are signed in" }).waitFor();
    expect((await Promise.all(tokens.map(lives))).filter(Boolean)).toHaveLength(2);
    await page.getByRole("button", { name: "End all others" }).press("Enter");
    await until(async () => (await list.getByRole("listitem").count()) === 1, "this one to be left");
    expect((await Promise.all(tokens.map(lives))).filter(Boolean)).toHaveLength(0);

    const late = await server.signIn("risk");
    await page.getByLabel("Current password").fill("a wrong one");
    await page.getByLabel("New password", { exact: true }).fill("a better password");
    await page.getByLabel("New password again").fill("a better password");
    await page.keyboard.press("Enter");
    await page.getByText("This is not your current password.").waitFor();
    expect(await lives(late)).toBe(true);
    await page.getByLabel("Current password").fill("onrecord-demo");
    await page.keyboard.press("Enter");
    await page.getByText("Your password was changed. 1 other session was ended.").waitFor();
    expect(await lives(late)).toBe(false);
    await expect(server.signIn("risk")).rejects.toThrow("UNAUTHENTICATED");
    expect(await page.getByText("Your session ended.").count()).toBe(0);
    await page.context().close();
  });
});
