import { once } from "node:events";
import { rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { hostname } from "node:os";
import { openEditor, until } from "@onrecord/testing/editor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Api } from "./client/api.js";
import { firstEditableFolder } from "./client/editable-folder.js";
import { Command, newDataDir } from "./testing/command.js";

let dataDir: string;
let env: Record<string, string>;
beforeAll(async () => {
  dataDir = await newDataDir();
  env = { ONRECORD_DATA: dataDir };
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

const token = async () =>
  (await Command.run(["token", "analyst1@demo.onrecord.test"], env).ended).stdout.trim();

/** What was said of faults; every line is JSON that says which process said it. */
function sentences(stderr: string): string[] {
  const lines = stderr
    .trimEnd()
    .split("\n")
    .filter((line) => line !== "");
  const said = lines.map(
    (line) => JSON.parse(line) as { level: number; msg: string; node: string; pid: number },
  );
  for (const line of said) expect(line).toMatchObject({ node: hostname(), pid: expect.any(Number) });
  return said.filter(({ level }) => level >= 50).map(({ msg }) => msg);
}

describe("onrecord start", { timeout: 240_000 }, () => {
  it("prints one line when it serves, works with commands beside it, and ends with 0 on SIGTERM", async () => {
    await using server = Command.run(["start"], env);
    const url = await server.ready();
    const api = new Api(url, await token());
    expect(await api.ask("{ me { user { email } } }")).toEqual({
      me: { user: { email: "analyst1@demo.onrecord.test" } },
    });
    const doctor = await Command.run(["doctor"], env).ended;
    expect(doctor.stdout.match(/^ok /gm)).toHaveLength(10);

    const second = await Command.run(["start"], env).ended;
    expect(second).toMatchObject({ code: 1, stdout: "" });
    expect(sentences(second.stderr)).toEqual([
      expect.stringMatching(/^Another Onrecord is already running on .+\.$/),
    ]);

    const { code, stdout, stderr } = await server.stop("SIGTERM");
    expect([code, stdout]).toEqual([0, `Onrecord is ready at ${url}\n`]);
    expect(stderr).not.toMatch(/error|warn/i);
  });

  it("blames nobody when it ends while sockets of every kind keep it waiting", async () => {
    await using server = Command.run(["start"], env);
    const url = await server.ready();
    const session = await token();
    const input = { folderId: await firstEditableFolder(new Api(url, session)), title: "Open", kind: "TEXT" };
    const { createDocument } = await new Api(url, session).ask<{ createDocument: { id: string } }>(
      "mutation ($input: CreateDocumentInput!) { createDocument(input: $input) { id } }",
      { input },
    );
    const editors = Array.from({ length: 5 }, () => openEditor(url, createDocument.id, session));
    await Promise.all(editors.map((editor) => editor.synced()));
    const { hostname, port } = new URL(url);
    const begun = [
      "",
      "GET / HT",
      "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-length: 99\r\n\r\n{",
    ];
    const sockets = await Promise.all(
      [...begun, ...begun, ...begun].map(async (said) => {
        const socket = connect(Number(port), hostname).on("error", () => undefined);
        await once(socket, "connect");
        socket.write(said);
        return socket;
      }),
    );
    const { code, stderr } = await server.stop("SIGTERM");
    expect([code, stderr.match(/.*"level":[4-6]0.*/g)]).toEqual([0, null]);
    for (const socket of sockets) socket.destroy();
    for (const editor of editors) editor[Symbol.dispose]();
  });

  it("keeps everything that anybody had received through a SIGKILL", async () => {
    await using first = Command.run(["start"], env);
    let url = await first.ready();
    const session = await token();
    const api = new Api(url, session);
    const input = { folderId: await firstEditableFolder(api), title: "Survives", kind: "TEXT" };
    const { createDocument } = await api.ask<{ createDocument: { id: string } }>(
      "mutation ($input: CreateDocumentInput!) { createDocument(input: $input) { id } }",
      { input },
    );
    using writer = openEditor(url, createDocument.id, session);
    using reader = openEditor(url, createDocument.id, session);
    await Promise.all([writer.synced(), reader.synced()]);
    let written = 0;
    const typing = setInterval(() => writer.text.insert(writer.text.length, `${written++} `), 1);
    await until(() => reader.text.length > 100, "the reader to receive something");
    await first.stop("SIGKILL");
    clearInterval(typing);
    const received = reader.text.toString();

    await using again = Command.run(["start"], env);
    url = await again.ready();
    const { document } = await new Api(url, session).ask<{ document: { content: string } }>(
      "query ($id: ID!) { document(id: $id) { content } }",
      { id: createDocument.id },
    );
    expect(document.content.startsWith(received)).toBe(true);
    // What was typed and not yet kept is still with its author, whose editor brings it when it comes back.
    using returned = openEditor(url, createDocument.id, session, { doc: writer.doc });
    await returned.synced();
    await until(async () => {
      const { document } = await new Api(url, session).ask<{ document: { content: string } }>(
        "query ($id: ID!) { document(id: $id) { content } }",
        { id: createDocument.id },
      );
      return document.content === writer.text.toString();
    }, "the server to have all that was typed");
    expect((await again.stop("SIGINT")).code).toBe(0);
  });
});

describe("a start that cannot be", { timeout: 240_000 }, () => {
  const refused = async (args: readonly string[], more: Record<string, string>) => {
    const { code, stdout, stderr } = await Command.run(args, { ...env, ...more }).ended;
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).not.toMatch(/^\s+at /m);
    return sentences(stderr);
  };

  it("says that the port is taken", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as { port: number };
    expect(await refused(["start"], { PORT: String(port) })).toEqual([
      `Port ${port} on 127.0.0.1 is taken by another program; set PORT to a free one.`,
    ]);
    other.close();
  });

  it.each([
    [
      "a database that is not there",
      { DATABASE_URL: "postgres://nobody@127.0.0.1:1/none" },
      /^Cannot reach the database of DATABASE_URL/,
    ],
    ["a DATABASE_URL that is none", { DATABASE_URL: "mysql://x" }, /^DATABASE_URL must be a URL/],
    ["a port that is none", { PORT: "http" }, /^PORT must be/],
  ])("says what is wrong with %s", async (_, more, sentence) => {
    const lines = await refused(["start"], more);
    expect(lines).toEqual([expect.stringMatching(sentence)]);
  });

  it("knows its services", async () => {
    expect(await refused(["start", "gatway"], {})).toEqual([expect.stringMatching(/no service "gatway"/)]);
  });
});
