import { readdir, rm } from "node:fs/promises";
import { openEditor } from "@onrecord/testing/editor";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { Api } from "./client/api.js";
import { Command, newDataDir } from "./testing/command.js";

let dataDir: string;
let env: Record<string, string>;
beforeAll(async () => {
  dataDir = await newDataDir();
  // As in production: nobody is there.
  env = { ONRECORD_DATA: dataDir, ONRECORD_DEMO: "0" };
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

const PASSWORD = "a fine long password";
const admin = async (args: readonly string[], stdin = "") => {
  const command = Command.run(["admin", "create", ...args], env, undefined, stdin);
  return command.ended;
};

it("makes an empty installation one that people work in, and suspends one of them out of their editor", {
  timeout: 240_000,
}, async () => {
  await using server = Command.run(["start"], env);
  const url = await server.ready();
  const stranger = new Api(url, undefined);
  // Two streams: the log may come behind the line that tells that it is ready.
  const page = await vi.waitFor(() => {
    const [, page] = /"page":"([^"]+)"/.exec(server.stderr) ?? [];
    if (!page) throw new Error(`no page in: ${server.stderr}`);
    return page;
  });
  expect(page).toContain(`${url}/first-run#`);
  const FIRST =
    "mutation ($input: CreateFirstAdministratorInput!) { createFirstAdministrator(input: $input) { email } }";
  const first = (token: string, email: string) =>
    stranger.ask(FIRST, { input: { token, email, name: "First", password: PASSWORD } });

  expect(await stranger.ask("{ setupOpen }")).toEqual({ setupOpen: true });
  await expect(first("guessed", "stranger@example.test")).rejects.toThrow(/not what the server's log shows/);
  const token = page.split("#")[1]!;
  // Of several who hold it, one is the first.
  const racing = await Promise.allSettled(
    ["a", "b", "c"].map((name) => first(token, `${name}@example.test`)),
  );
  const made = racing.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  expect(made).toHaveLength(1);
  await expect(first(token, "late@example.test")).rejects.toThrow(/administrator already/);
  expect(await stranger.ask("{ setupOpen }")).toEqual({ setupOpen: false });

  const signIn = async (email: string) => {
    const { signIn } = await stranger.ask<{ signIn: { token: string } }>(
      "mutation ($input: SignInInput!) { signIn(input: $input) { token } }",
      { input: { email, password: PASSWORD } },
    );
    return { token: signIn.token, api: new Api(url, signIn.token) };
  };
  const [{ createFirstAdministrator }] = made as [{ createFirstAdministrator: { email: string } }];
  const { api } = await signIn(createFirstAdministrator.email);
  expect(await api.ask("{ me { roles capabilities } }")).toEqual({
    me: { roles: ["admin"], capabilities: ["READ_AUDIT", "CREATE_TOP_FOLDER", "MANAGE_PEOPLE"] },
  });
  const { createUser } = await api.ask<{
    createUser: { user: { id: string }; passwordLink: { url: string } };
  }>(
    "mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } passwordLink { url } } }",
    { input: { email: "ann@example.test", name: "Ann" } },
  );
  await stranger.ask("mutation ($input: SetPasswordInput!) { setPassword(input: $input) { email } }", {
    input: { token: createUser.passwordLink.url.split("#")[1], password: PASSWORD },
  });
  const { createFolder } = await api.ask<{ createFolder: { id: string } }>(
    'mutation { createFolder(input: { name: "Project" }) { id } }',
  );
  const { createDocument } = await api.ask<{ createDocument: { id: string } }>(
    "mutation ($input: CreateDocumentInput!) { createDocument(input: $input) { id } }",
    { input: { folderId: createFolder.id, title: "Notes", kind: "TEXT" } },
  );
  await api.ask("mutation ($input: GrantAccessInput!) { grantAccess(input: $input) { id } }", {
    input: { resourceId: createFolder.id, principalId: createUser.user.id, level: "EDIT" },
  });
  const ann = await signIn("ann@example.test");
  using editor = openEditor(url, createDocument.id, ann.token);
  await editor.synced();
  editor.text.insert(0, "Ann was here.");
  const suspended = await api.ask(
    "mutation ($input: SuspendUserInput!) { suspendUser(input: $input) { active } }",
    { input: { userId: createUser.user.id, reason: "SECURITY" } },
  );
  expect(suspended).toEqual({ suspendUser: { active: false } });
  expect(await editor.closed()).toBeGreaterThanOrEqual(4400);
  await expect(ann.api.ask("{ me { user { id } } }")).rejects.toThrow();

  const refused = await admin(["bea@example.test"], `${PASSWORD}\n`);
  expect(refused).toMatchObject({ code: 1, stdout: "" });
  expect(refused.stderr).toMatch(/--another/);
  const another = await admin(["bea@example.test", "--another", "--json"], `${PASSWORD}\n`);
  expect(another).toMatchObject({ code: 0, stdout: '{"email":"bea@example.test"}\n' });
  expect(await (await signIn("bea@example.test")).api.ask("{ me { roles } }")).toEqual({
    me: { roles: ["admin"] },
  });
  const { auditEntries } = await api.ask<{
    auditEntries: { edges: { node: { actor: { kind: string } } }[] };
  }>(
    '{ auditEntries(filter: { actions: ["administrator.created"] }) { edges { node { actor { kind } } } } }',
  );
  expect(auditEntries.edges.map(({ node }) => node.actor.kind).sort()).toEqual(["ANONYMOUS", "SYSTEM"]);
  expect((await server.stop("SIGTERM")).code).toBe(0);

  await using again = Command.run(["start"], env);
  await again.ready();
  expect((await again.stop("SIGTERM")).stderr).not.toContain("first-run");
});

it("lets whoever operates the machine make the first administrator before anything was started", {
  timeout: 120_000,
}, async () => {
  const empty = await newDataDir();
  try {
    env = { ONRECORD_DATA: empty, ONRECORD_DEMO: "0" };
    // What works on an Onrecord that is there makes none in passing.
    for (const command of [
      ["keys", "list"],
      ["backup", "--out", empty],
      ["doctor", "--data"],
    ]) {
      const { code, stderr } = await Command.run(command, env).ended;
      expect(code, command.join(" ")).not.toBe(0);
      expect(stderr).toContain(`There is no Onrecord in ${empty}.`);
    }
    expect(await readdir(empty)).toEqual([]);
    const short = await admin(["root@example.test"], "short\n");
    expect(short).toMatchObject({ code: 1, stdout: "" });
    expect(short.stderr).toContain(`Nothing is there yet: this makes the data directory ${empty}.`);
    const nothing = await admin(["root@example.test"]);
    expect(nothing.stderr).toMatch(/Pipe the password in, or let --generate make one/);
    const { code, stdout, stderr } = await admin(["Root@example.test", "--name", "Root", "--generate"]);
    expect([code, stdout.trim().length]).toEqual([0, 24]);
    expect(stderr).toContain(`root@example.test administers the Onrecord of the data directory ${empty}.`);
    await using server = Command.run(["start"], env);
    const url = await server.ready();
    const { signIn } = await new Api(url, undefined).ask<{ signIn: { principal: object } }>(
      "mutation ($input: SignInInput!) { signIn(input: $input) { principal { roles user { name } } } }",
      { input: { email: "root@example.test", password: stdout.trim() } },
    );
    expect(signIn.principal).toEqual({ roles: ["admin"], user: { name: "Root" } });
  } finally {
    await rm(empty, { recursive: true, force: true });
  }
});
