import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { debianRoot } from "@onrecord/postgres/testing/other-binaries";
import { startTestServer } from "@onrecord/postgres/testing/server";
import { openEditor, until } from "@onrecord/testing/editor";
import { expect, it } from "vitest";
import { Api } from "./client/api.js";
import { firstEditableFolder } from "./client/editable-folder.js";
import { Command, newDataDir } from "./testing/command.js";

/** The oldest that Onrecord runs on; `npm run postgres` runs the packages' own tests against it and those between. */
const root = debianRoot(15);
const there = existsSync(`${root}/bin/initdb`);

it.skipIf(!there)(
  `works on Postgres 15${there ? "" : " (skipped: postgresql-15 is not installed)"}`,
  {
    timeout: 240_000,
  },
  async () => {
    await using opened = new AsyncDisposableStack();
    const { adminUrl, appUrl } = opened.use(await startTestServer(root));
    const dataDir = await newDataDir();
    opened.defer(() => rm(dataDir, { recursive: true, force: true }));
    const env = { DATABASE_URL: appUrl, DATABASE_ADMIN_URL: adminUrl, ONRECORD_DATA: dataDir };
    const server = opened.use(Command.run(["start"], env));
    const url = await server.ready();
    const tokens = async (...people: string[]) =>
      Promise.all(
        people.map(async (person) => {
          const { stdout } = await Command.run(["token", `${person}@demo.onrecord.test`], env).ended;
          return stdout.trim();
        }),
      );
    const [manager, analyst, trader] = (await tokens("manager", "analyst1", "trader")) as [
      string,
      string,
      string,
    ];
    const api = new Api(url, manager);

    const input = { folderId: await firstEditableFolder(api), html: "<h1>Risk</h1><p>As it is.</p>" };
    const { filing } = await api.ask<{ filing: { id: string } }>(
      "mutation ($input: ImportDocumentInput!) { filing: importDocument(input: $input) { id } }",
      { input },
    );
    const { text } = await api.ask<{ text: { id: string } }>(
      "mutation ($input: CreateDocumentInput!) { text: createDocument(input: $input) { id } }",
      { input: { folderId: input.folderId, title: "On 15", kind: "TEXT" } },
    );
    const principalId = (
      await new Api(url, trader).ask<{ me: { user: { id: string } } }>("{ me { user { id } } }")
    ).me.user.id;
    const { grantAccess } = await api.ask<{ grantAccess: { id: string } }>(
      "mutation ($input: GrantAccessInput!) { grantAccess(input: $input) { id } }",
      { input: { resourceId: text.id, principalId, level: "EDIT" } },
    );
    const editors = [analyst, trader].map((token) => opened.use(openEditor(url, text.id, token)));
    await Promise.all(editors.map((editor) => editor.synced()));
    for (const { text } of editors) text.insert(0, "word ");
    await until(
      () => editors.every(({ text }) => text.toString() === "word word "),
      "both words to be at both",
    );
    await api.ask("mutation ($input: RevokeAccessInput!) { revokeAccess(input: $input) }", {
      input: { grantId: grantAccess.id },
    });
    expect(await editors[1]!.closed()).toBe(4403);

    const { document } = await api.ask<{ document: { content: string; versions: { edges: unknown[] } } }>(
      `{ document(id: "${text.id}") { content versions(first: 10) { edges { node { number author { email } } } } } }`,
    );
    expect(document).toMatchObject({ content: "word word ", versions: { edges: [{}, {}] } });
    const { document: imported } = await api.ask<{ document: { content: string } }>(
      `{ document(id: "${filing.id}") { content } }`,
    );
    expect(imported.content).toContain("As it is.");
    const [compliance] = await tokens("compliance");
    const { auditEntries } = await new Api(url, compliance).ask<{
      auditEntries: { edges: { node: { action: string } }[] };
    }>(`{ auditEntries(filter: { objectId: "${text.id}" }, first: 50) { edges { node { action } } } }`);
    const actions = auditEntries.edges.map(({ node }) => node.action);
    expect(actions).toEqual(
      expect.arrayContaining(["document.created", "document.edited", "access.granted", "access.revoked"]),
    );
    const doctor = await Command.run(["doctor"], env).ended;
    expect(doctor).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("the Postgres 15 of DATABASE_URL answers"),
    });
    expect(await server.stop("SIGTERM")).toMatchObject({
      code: 0,
      stderr: expect.not.stringMatching(/error/i),
    });
  },
);
