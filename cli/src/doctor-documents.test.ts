import { rm } from "node:fs/promises";
import { openEditor } from "@onrecord/testing/editor";
import { afterAll, beforeAll, expect, it } from "vitest";
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

const doctor = (more: Record<string, string> = {}, ...args: string[]) =>
  Command.run(["doctor", "--documents", ...args], { ...env, ...more }).ended;

it("onrecord doctor --documents lists what is damaged while Onrecord runs, and nothing once it was restored", {
  timeout: 240_000,
}, async () => {
  await using server = Command.run(["start"], env);
  const url = await server.ready();
  expect(await doctor()).toMatchObject({ code: 0, stdout: "No document is damaged.\n" });
  const token = (await Command.run(["token", "analyst1@demo.onrecord.test"], env).ended).stdout.trim();
  const api = new Api(url, token);
  const input = { folderId: await firstEditableFolder(api), title: "Emoji", kind: "TEXT" };
  const { createDocument } = await api.ask<{ createDocument: { id: string } }>(
    "mutation ($input: CreateDocumentInput!) { createDocument(input: $input) { id } }",
    { input },
  );
  const { id } = createDocument;
  const read = async () => {
    const { document } = await api.ask<{ document: { version: number; content: string } }>(
      "query ($id: ID!) { document(id: $id) { version content } }",
      { id },
    );
    return document;
  };
  const committed = async (version: number) => {
    while ((await read()).version < version) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  using editor = openEditor(url, id, token);
  await editor.synced();
  editor.text.insert(0, "Offer 😀");
  await committed(1);
  editor.text.delete(7, 1);
  await committed(2);

  const damaged = await doctor({}, "--json");
  expect(damaged.code).toBe(1);
  expect(JSON.parse(damaged.stdout)).toMatchObject([
    { id, title: "Emoji", head: 2, restore: 1, damages: [{ version: 2, kind: "CUT_CHARACTERS", count: 1 }] },
  ]);
  const told = await doctor();
  expect([told.code, told.stdout]).toEqual([
    1,
    expect.stringMatching(
      /Emoji {2}\(at version 2\)\n {2}version 2 by \S+: a character was cut in half\n.*restore version 1\n$/,
    ),
  ]);
  await api.ask("mutation ($input: RestoreVersionInput!) { restoreVersion(input: $input) { version } }", {
    input: { documentId: id, version: 1 },
  });
  expect((await read()).content).toBe("Offer 😀");
  expect((await doctor({}, "--json")).stdout).toBe("[]\n");
});

it("onrecord doctor --documents ends with code 2 where it cannot look", async () => {
  const { code, stdout, stderr } = await doctor({ DATABASE_URL: "postgres://nobody@127.0.0.1:1/none" });
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).not.toBe("");
});
