import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { type LoginName, subgraphNames } from "@onrecord/core/config";
import { createLogger } from "@onrecord/core/log";
import { startEmbeddedPostgres } from "@onrecord/postgres/embedded/embedded";
import { openEditor, until } from "@onrecord/testing/editor";
import { expect, it } from "vitest";
import { Api } from "./client/api.js";
import { Command, newDataDir } from "./testing/command.js";

it("works with every service in a process of its own, over one database", { timeout: 240_000 }, async () => {
  await using opened = new AsyncDisposableStack();
  const dataDir = await newDataDir();
  opened.defer(() => rm(dataDir, { recursive: true, force: true }));
  const settings = { fsync: "off", synchronous_commit: "off" };
  const postgres = opened.use(
    await startEmbeddedPostgres({ dataDir, log: createLogger("silent"), settings }),
  );
  const env = {
    ONRECORD_DATA: dataDir,
    ONRECORD_SERVICE_SECRET: randomBytes(32).toString("hex"),
    ONRECORD_DEMO_PASSWORD: "a password of the demo",
  };
  // Whoever has the owner's login migrates, and makes the demo firm. The services have each their own and no other.
  const migrate = (ONRECORD_DEMO: string) =>
    opened.use(
      Command.run(["migrate"], {
        ...env,
        ONRECORD_DEMO,
        DATABASE_URL: postgres.adminUrl,
        DATABASE_ADMIN_URL: postgres.adminUrl,
      }),
    ).ended;
  expect(await migrate("0")).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("is migrating the database"),
  });
  // A service that is asked for the firm says who can make it, and does not say to do what it does not.
  const asked = opened.use(
    Command.run(["start", "subgraph", "identity"], {
      ...env,
      ONRECORD_DEMO: "1",
      DATABASE_URL: postgres.loginUrls.identity,
    }),
  );
  await asked.ready();
  const { stderr } = await asked.stop("SIGTERM");
  expect(stderr).toContain("run `onrecord migrate` with ONRECORD_DEMO=1");
  expect(stderr).not.toContain("is migrating");
  expect((await migrate("1")).code).toBe(0);
  const urls: Record<string, string> = {};
  const start = async (login: LoginName, words: readonly string[], more: Record<string, string> = {}) => {
    const DATABASE_URL = postgres.loginUrls[login];
    return opened.use(Command.run(["start", ...words], { ...env, DATABASE_URL, ...more })).ready();
  };
  // At once, as an orchestrator would.
  const [collab] = await Promise.all([
    start("collab", ["collab"]),
    ...subgraphNames.map(async (name) => {
      urls[`SUBGRAPH_${name.toUpperCase()}_URL`] = `${await start(name, ["subgraph", name])}/graphql`;
    }),
  ]);
  const url = await start("gateway", ["gateway"], { ...urls, COLLAB_URL: collab });

  const { signIn } = await new Api(url, undefined).ask<{ signIn: { token: string } }>(
    "mutation ($input: SignInInput!) { signIn(input: $input) { token } }",
    { input: { email: "analyst1@demo.onrecord.test", password: env.ONRECORD_DEMO_PASSWORD } },
  );
  const api = new Api(url, signIn.token);
  const { me, folders } = await api.ask<{
    me: object;
    folders: { edges: { node: { documents: { edges: { node: { id: string; kind: string } }[] } } }[] };
  }>(`{ me { user { name } } folders { edges { node { name permissions documents { edges { node {
    id kind title auditTrail(first: 1) { edges { node { action actor { name } } } }
  } } } } } } }`);
  expect(me).toEqual({ user: { name: "Tsz Ching Wong" } });
  const documents = folders.edges.flatMap(({ node }) => node.documents.edges.map(({ node }) => node));
  const note = documents.find(({ kind }) => kind === "TEXT")!;

  using one = openEditor(url, note.id, signIn.token);
  using two = openEditor(url, note.id, signIn.token);
  await Promise.all([one.synced(), two.synced()]);
  one.text.insert(0, "Through the gateway. ");
  await until(() => two.text.toString().startsWith("Through the gateway. "), "the other editor to see it");

  // What an operator does in a service's place goes as far as its login, and says so where that ends.
  const beside = (command: readonly string[]) =>
    opened.use(Command.run(command, { ...env, DATABASE_URL: postgres.loginUrls.identity })).ended;
  expect(await beside(["token", "analyst1@demo.onrecord.test"])).toMatchObject({ code: 0 });
  expect(await beside(["keys", "list"])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("DATABASE_ADMIN_URL"),
  });

  // A subgraph alone answers nobody but the gateway.
  const direct = await fetch(urls.SUBGRAPH_AUDIT_URL!, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${signIn.token}` },
    body: JSON.stringify({ query: "{ __typename }" }),
  });
  expect(direct.status).toBe(401);
});
