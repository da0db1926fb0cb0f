import { rm } from "node:fs/promises";
import { freshDatabase } from "@onrecord/postgres/testing/fresh-database";
import { SilentProxy } from "@onrecord/postgres/testing/silent-proxy";
import { openEditor, until } from "@onrecord/testing/editor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Api } from "./client/api.js";
import { firstEditableFolder } from "./client/editable-folder.js";
import { Command, newDataDir } from "./testing/command.js";

const resources = new AsyncDisposableStack();
let proxy: SilentProxy;
let env: Record<string, string>;
beforeAll(async () => {
  const dataDir = await newDataDir();
  resources.defer(() => rm(dataDir, { recursive: true, force: true }));
  const { adminUrl } = resources.use(await freshDatabase());
  proxy = resources.use(await SilentProxy.before(adminUrl));
  env = {
    ONRECORD_DATA: dataDir,
    ONRECORD_NODE_NAME: "north-1",
    ONRECORD_MAX_ANSWER_SECONDS: "2",
    ONRECORD_MAX_CONNECT_SECONDS: "4",
    ONRECORD_MAX_STATEMENT_SECONDS: "4",
    LOG_LEVEL: "info",
    DATABASE_URL: proxy.through(adminUrl),
  };
});
afterAll(() => resources.disposeAsync());

const email = "analyst1@demo.onrecord.test";
const password = "onrecord-demo";

async function post(url: string, path: string, body: object, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as object };
}

/** What an answer says of its fault. */
const unavailable = (requestId?: string) => ({
  errors: [{ extensions: { code: "UNAVAILABLE", requestId: requestId ?? expect.any(String) } }],
});

async function signIn(url: string): Promise<string> {
  const api = new Api(url, undefined);
  const { signIn } = await api.ask<{ signIn: { token: string } }>(
    "mutation ($input: SignInInput!) { signIn(input: $input) { token } }",
    { input: { email, password } },
  );
  return signIn.token;
}

describe("a node whose database falls silent", { timeout: 240_000 }, () => {
  it("says so to everybody in their own form, lives, works again, and ends with 1 when it is silent again", async () => {
    await using server = Command.run(["start"], env);
    const url = await server.ready();
    const token = await signIn(url);
    const api = new Api(url, token);
    const { createDocument } = await api.ask<{ createDocument: { id: string } }>(
      "mutation ($input: CreateDocumentInput!) { createDocument(input: $input) { id } }",
      { input: { folderId: await firstEditableFolder(api), title: "Silence", kind: "TEXT" } },
    );
    using editor = openEditor(url, createDocument.id, token);
    await editor.synced();

    proxy.silence("up", "down");
    const me = { query: "{ me { user { email } } }" };
    const requestId = "a-request-of-a-test";
    const asked = await post(url, "/graphql", me, {
      authorization: `Bearer ${token}`,
      "x-request-id": requestId,
    });
    expect(asked).toMatchObject({ status: 503, body: unavailable(requestId) });
    const mutation = {
      query: "mutation ($input: SignInInput!) { signIn(input: $input) { token } }",
      variables: { input: { email, password } },
    };
    expect((await post(url, "/graphql", mutation)).body).toMatchObject(unavailable());
    expect(await post(url, "/auth/sign-in", { email, password })).toMatchObject({
      status: 503,
      body: unavailable(),
    });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    await until(async () => (await fetch(`${url}/readyz`)).status === 503, "the node not to be ready");

    proxy.heal();
    await until(async () => (await fetch(`${url}/readyz`)).status === 200, "the node to be ready");
    editor.text.insert(0, "after the silence");
    const content = "query ($id: ID!) { document(id: $id) { content } }";
    await until(async () => {
      // What had begun while it was silent is still told to try again.
      const answer = await api
        .ask<{ document: { content: string } }>(content, { id: createDocument.id })
        .catch(() => undefined);
      return answer?.document.content === "after the silence";
    }, "what is typed to be kept again");

    proxy.silence("up", "down");
    const { code, stderr } = await server.stop("SIGTERM");
    // What it could not record makes it an end that somebody should look at.
    expect(code).toBe(1);
    const lines = stderr
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    for (const line of lines) expect(line).toMatchObject({ node: "north-1", pid: server.child.pid });
    // Nobody could be told on the record that the editor was sent away: an operator is.
    const told = lines.filter(({ msg }) => msg === "an entry is not on the record");
    expect(told.map(({ entry }) => entry)).toContainEqual(
      expect.objectContaining({ action: "document.closed", objectId: createDocument.id, actorKind: "USER" }),
    );
    // What listens for changes may find its connection gone a moment later.
    expect(lines.map(({ msg }) => msg)).toContainEqual(
      expect.stringMatching(/^Onrecord ended and could not record everything: \d+ entries/),
    );
    proxy.heal();
  });

  it("ends also while it is being started", async () => {
    proxy.silence("up", "down");
    let asked = 0;
    proxy.watch = () => void asked++;
    await using server = Command.run(["start"], env);
    await until(() => asked > 0, "it to ask for its database");
    expect((await server.stop("SIGTERM")).code).toBe(0);
    proxy.heal();
  });
});
