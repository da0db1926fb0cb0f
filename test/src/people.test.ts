import { until } from "@onrecord/testing/editor";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { findBrowser } from "./browsing.js";
import { Server } from "./server.js";

// Above what any single step may wait, so that the step that waits in vain is the one that is named.
vi.setConfig({ testTimeout: 180_000 });

const PASSWORD = "a fine long password";
const OTHER_PASSWORD = "another long password";

let browser: Browser | null = null;
let server: Server;
let admin: Page;
/** The page that the log shows. */
let setup: string;

beforeAll(async () => {
  browser = await findBrowser();
  if (browser === null) return;
  server = await Server.create({ NODE_ENV: "production" });
  await server.start();
  const shown = () => /"page":"([^"]+)"/.exec(server.said)?.[1];
  await until(async () => shown() !== undefined, "the log to show the page");
  setup = shown() ?? "";
  admin = await somebody();
});
afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
});
beforeEach((context) => {
  context.skip(browser === null, "no Chromium was found: install one, or set CHROMIUM_PATH");
});

/** An empty page in a browser of somebody's own. */
async function somebody(): Promise<Page> {
  if (browser === null) throw new Error("there is no browser");
  const context: BrowserContext = await browser.newContext({
    locale: "en-GB",
    viewport: { width: 1280, height: 860 },
  });
  context.setDefaultTimeout(50_000);
  return context.newPage();
}
const choosePassword = async (page: Page, password: string) => {
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByLabel("Password again").fill(password);
  await page.keyboard.press("Enter");
};
const said = (page: Page, sentence: string | RegExp) => page.getByText(sentence).first().waitFor();
/** What is done with somebody, by keyboard. */
const act = async (name: string, action: string) => {
  await admin.getByRole("button", { name: `Actions for ${name}`, exact: true }).press("Enter");
  // The menu takes the focus once it is there: what is pressed before goes elsewhere.
  await admin.locator('[role="menu"]:focus, [role="menu"] :focus').waitFor({ state: "attached" });
  // One that was opened before may still be closing.
  const menu = admin.getByRole("menu", { name: `Actions for ${name}`, exact: true });
  await menu.getByRole("menuitem", { name: action }).press("Enter");
};
const dialog = () => admin.getByRole("dialog");
const person = (name: string) =>
  admin.getByRole("list", { name: "People" }).getByRole("listitem").filter({ hasText: name });
const focused = (page: Page) => page.locator(":focus");
/** Reads the link that is shown once, and closes it. */
const takeLink = async () => {
  const link = await dialog().getByLabel("One-time link").inputValue();
  await dialog().getByRole("button", { name: "Done" }).press("Enter");
  await dialog().waitFor({ state: "detached" });
  return link;
};
let annsLink = "";
let ann: Page;

it("shows whoever comes first where the token is, and makes the first administrator of it, once", async () => {
  await admin.goto(server.url);
  await admin.getByRole("link", { name: "Set up this installation" }).click();
  await said(admin, "Each node that has started shows it in its log");
  await admin.getByLabel("Setup token").fill("something else");
  await admin.keyboard.press("Enter");
  await said(admin, /This is no setup token/);

  const form = async () => {
    await admin.getByLabel("Your e-mail address").fill("ada@example.test");
    await admin.getByLabel("Your name").fill("Ada Ho");
  };
  await admin.getByLabel("Setup token").fill("x".repeat(43));
  await admin.keyboard.press("Enter");
  await form();
  await choosePassword(admin, "short");
  await said(admin, "A password has at least 12 characters.");
  await choosePassword(admin, PASSWORD);
  await said(admin, "This token does not work");

  const late = await somebody();
  await late.goto(setup);
  await late.getByLabel("Your name").waitFor();
  await admin.goto(setup);
  await form();
  await choosePassword(admin, PASSWORD);
  await admin.getByRole("heading", { name: "People" }).waitFor();
  await person("Ada Ho").getByText("You").waitFor();
  expect(admin.url()).toBe(`${server.url}/people`);

  // Whoever had the page open is told, and it is gone for whoever comes.
  await late.getByLabel("Your e-mail address").fill("eve@example.test");
  await late.getByLabel("Your name").fill("Eve");
  await choosePassword(late, PASSWORD);
  await said(late, "This installation is set up");
  await late.goto(setup);
  await said(late, "This installation is set up");
  await late.getByRole("link", { name: "Go to sign-in" }).click();
  await late.getByRole("button", { name: "Sign in" }).waitFor();
  expect(await late.getByText("Set up this installation").count()).toBe(0);
  await late.context().close();
});

it("lets the administrator make departments, a role and a person by keyboard, each refusal beside what it is about", async () => {
  await admin.getByRole("link", { name: "Departments" }).click();
  await said(admin, "There are no departments");
  const make = async (name: string) => {
    await dialog().getByLabel("Name").fill(name);
    await admin.keyboard.press("Enter");
  };
  await admin.getByRole("button", { name: "New department" }).press("Enter");
  await make("Markets");
  await said(admin, "Markets was made.");
  await act("Markets", "New department in it…");
  await make("Equities");
  await admin.getByRole("button", { name: "Actions for Markets / Equities" }).waitFor();
  await act("Markets", "New department in it…");
  await make("equities");
  await dialog().getByText("There is one of this name already.").waitFor();
  await make("Bonds");
  await act("Markets / Bonds", "Rename…");
  await make("Credit");
  await said(admin, "It is called Credit now.");
  await act("Markets", "Close…");
  await dialog().getByRole("button", { name: "Close it" }).press("Enter");
  await dialog().getByRole("alert").getByText("Departments are below this one").waitFor();
  await admin.keyboard.press("Escape");
  await focused(admin)
    .and(admin.getByRole("button", { name: "Actions for Markets", exact: true }))
    .waitFor();
  await act("Markets / Credit", "Close…");
  await dialog().getByRole("button", { name: "Close it" }).press("Enter");
  await admin.getByRole("heading", { name: "Departments" }).and(focused(admin)).waitFor();
  await admin.getByRole("button", { name: "Show closed ones" }).press("Enter");
  await admin.getByRole("list", { name: "Closed departments" }).getByText("Credit").waitFor();

  await admin.getByRole("link", { name: "Roles" }).click();
  await admin.getByRole("button", { name: "New role" }).press("Enter");
  await make("ADMIN");
  await dialog().getByText("There is, or was, a role of this name already.").waitFor();
  await make("analyst");
  await said(admin, "analyst was made.");

  await admin.getByRole("link", { name: "People" }).last().click();
  await admin.getByRole("button", { name: "New person" }).press("Enter");
  await dialog().getByLabel("E-mail address").fill("ADA@example.test");
  await dialog().getByLabel("Name", { exact: true }).fill("Ann Lee");
  await admin.keyboard.press("Enter");
  const taken = dialog().getByText("There is an account with this e-mail address already.");
  await taken.waitFor();
  // It is what a screen reader says of the field.
  const describing = await dialog().getByLabel("E-mail address").getAttribute("aria-describedby");
  expect(describing?.split(" ")).toContain(await taken.getAttribute("id"));
  await dialog().getByLabel("E-mail address").fill("ann@example.test");
  await dialog().getByRole("combobox", { name: "Department" }).fill("equi");
  await admin.getByRole("option", { name: "Markets / Equities" }).click();
  await dialog().getByLabel("analyst").check();
  await dialog().getByRole("button", { name: "Make, and show the link" }).press("Enter");
  annsLink = await takeLink();
  expect(annsLink.startsWith(`${server.url}/set-password#`)).toBe(true);
  await person("Ann Lee").getByText("Equities").waitFor();
  await person("Ann Lee").getByText("analyst").waitFor();
  await person("Ann Lee")
    .getByText(/^Link open until/)
    .waitFor();
  await admin.reload();
  await person("Ann Lee").waitFor();
  expect(await admin.content()).not.toContain(annsLink.split("#")[1]);
});

it("lets whoever has the link set the password, once, and tells what is wrong with any other", async () => {
  ann = await somebody();
  await ann.goto(`${server.url}/set-password#${annsLink.split("#")[1]?.slice(1)}`);
  await said(ann, "This is not a whole link");
  await ann.goto(`${server.url}/set-password#${"x".repeat(43)}`);
  await choosePassword(ann, PASSWORD);
  await said(ann, "This link is none of ours");
  // Another link replaces the first.
  await act("Ann Lee", "New link…");
  await dialog().getByRole("button", { name: "Make the link" }).press("Enter");
  const newLink = await takeLink();
  await ann.goto(annsLink);
  await choosePassword(ann, PASSWORD);
  await said(ann, "This link is void");
  await ann.goto(newLink);
  await ann.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await ann.getByLabel("Password again").fill(OTHER_PASSWORD);
  await ann.keyboard.press("Enter");
  await said(ann, "The two are not the same.");
  await choosePassword(ann, PASSWORD);
  await ann.getByRole("button", { name: "Account menu: Ann Lee" }).waitFor();
  expect(await ann.getByRole("link", { name: "People" }).count()).toBe(0);
  // What is typed into the address is not for her either.
  await ann.goto(`${server.url}/people`);
  await said(ann, "People are for those who administer the firm");

  const again = await somebody();
  await again.goto(newLink);
  await choosePassword(again, OTHER_PASSWORD);
  await said(again, "This link was used already");
  await again.context().close();
});

it("puts somebody out at once who is suspended, tells so in the list, and lets them in again", async () => {
  await ann.goto(server.url);
  await said(ann, "Nothing has been shared with you yet");
  await act("Ann Lee", "Suspend…");
  await dialog().getByText("Their sessions end at once, and what they have open closes.").waitFor();
  await dialog().getByRole("button", { name: "Suspend" }).press("Enter");
  await dialog().getByText("Say why.").waitFor();
  await dialog().getByLabel("The account may be in wrong hands").check();
  await dialog().getByRole("button", { name: "Suspend" }).press("Enter");
  await said(admin, "Ann Lee was suspended, and is out.");
  await person("Ann Lee").getByText("Suspended").waitFor();
  // The very next thing that her page does finds her out.
  await ann.getByRole("button", { name: "Account menu: Ann Lee" }).click();
  await ann.getByRole("menuitem", { name: "Sessions and password" }).click();
  await ann.getByRole("dialog", { name: "Sign in again" }).waitFor();
  await ann.getByRole("dialog").getByLabel("Password", { exact: true }).fill(PASSWORD);
  await ann.getByRole("dialog").getByLabel("Password", { exact: true }).press("Enter");
  await said(ann, "Email or password is not right.");

  await admin.getByRole("combobox", { name: "Any state" }).click();
  await admin.getByRole("option", { name: "Suspended" }).click();
  await until(
    async () =>
      (await admin
        .getByRole("list", { name: "People" })
        .getByRole("listitem")
        .filter({ hasText: "@" })
        .count()) === 1,
    "her alone to be listed",
  );
  await act("Ann Lee", "Reinstate…");
  await dialog().getByRole("button", { name: "Reinstate" }).press("Enter");
  await said(admin, "Nobody matches this");
  await admin.getByRole("button", { name: "Clear" }).press("Enter");
  await ann.getByRole("dialog").getByLabel("Password", { exact: true }).press("Enter");
  await ann.getByRole("dialog").waitFor({ state: "detached" });
  await said(ann, "Where you are signed in");
});

it("refuses to leave the firm without an administrator, and two changes at once", async () => {
  await act("Ada Ho", "Suspend…");
  await dialog().getByText("This is your own account").waitFor();
  await dialog().getByLabel("Another reason").check();
  await dialog().getByRole("button", { name: "Suspend" }).press("Enter");
  await dialog().getByRole("alert").getByText("Nobody else who can sign in").waitFor();
  await admin.keyboard.press("Escape");

  const second = await admin.context().newPage();
  await second.goto(`${server.url}/people?text=ann`);
  await second.getByRole("button", { name: "Actions for Ann Lee" }).click();
  await second.getByRole("menuitem", { name: "Change…" }).click();
  await second.getByRole("dialog").getByLabel("Job title").fill("Analyst");
  await act("Ann Lee", "Change…");
  await dialog().getByLabel("Name", { exact: true }).fill("Ann Wong");
  await dialog().getByLabel("analyst").uncheck();
  await admin.keyboard.press("Enter");
  await said(admin, "Ann Wong was changed.");
  await person("Ann Wong").waitFor();
  await second.keyboard.press("Enter");
  await second.getByRole("alert").getByText("Somebody else changed this account meanwhile.").waitFor();
  await second.close();
});

it("gives access to everything, and takes it back", async () => {
  await admin.getByRole("link", { name: "Access to everything" }).click();
  await said(admin, "Nobody reaches everything");
  await admin.getByRole("button", { name: "Give access" }).press("Enter");
  await admin.keyboard.press("Enter");
  await dialog().getByRole("combobox", { name: "Person" }).fill("wong");
  await admin.getByRole("option", { name: "Ann Wong (ann@example.test)" }).click();
  await dialog().getByRole("button", { name: "Give access" }).press("Enter");
  const grant = admin.getByRole("list", { name: "Access to everything" }).getByRole("listitem");
  await grant.filter({ hasText: "Ann Wong" }).filter({ hasText: "View" }).waitFor();
  await admin.getByRole("button", { name: "Withdraw the access of Ann Wong" }).press("Enter");
  await dialog().getByRole("button", { name: "Withdraw", exact: true }).press("Enter");
  await said(admin, "Nobody reaches everything");
});
