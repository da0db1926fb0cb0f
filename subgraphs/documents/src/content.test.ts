import { readFileSync } from "node:fs";
import { importHtml } from "@onrecord/filing/import-html";
import { sampleFilingHtml } from "@onrecord/filing/sample";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { importDocument } from "./commands/import-document.js";
import { asCaller, World } from "./testing/world.js";

let world: World;
beforeAll(async () => {
  world = await World.open();
});
afterAll(() => world[Symbol.asyncDispose]());

const importing = `mutation ($input: ImportDocumentInput!) { importDocument(input: $input) {
  id title kind version content createdBy { id } versions { edges { node { number author { id } bytes } } } } }`;

interface Imported {
  importDocument: { id: string; title: string; version: number; content: string };
}

describe("content", () => {
  it("is any version in any format, and each version read is on the record once a request", async () => {
    const { manager, folderId } = await world.manager();
    const id = await world.document(manager, folderId);
    await world.type(id, "one", manager.userId);
    await world.type(id, " & two", manager.userId);
    const analyst = await world.person();
    await world.grant(folderId, analyst.userId, "COMMENT");
    const { data, codes } = await world.ask(
      analyst,
      `{ document(id: "${id}") { version now: content html: content(format: HTML) json: content(format: JSON)
         old: content(version: 1) empty: content(version: 0) } }`,
    );
    expect(codes).toEqual([]);
    expect(data).toEqual({
      document: {
        version: 2,
        now: "one & two",
        html: "<pre>\none &amp; two</pre>",
        json: '{"text":"one & two"}',
        old: "one",
        empty: "",
      },
    });
    const opened = (await world.entries(id)).filter(({ action }) => action === "document.opened");
    expect(opened.every(({ actor_id }) => actor_id === analyst.userId)).toBe(true);
    expect(opened.map(({ detail }) => detail).sort((a, b) => Number(a.version) - Number(b.version))).toEqual([
      { via: "api", version: 0, access: "comment" },
      { via: "api", version: 1, access: "comment" },
      { via: "api", version: 2, access: "comment" },
    ]);
  });

  it("is read by one request up to a bound, under as many names as it likes", async () => {
    const { manager, folderId } = await world.manager();
    const id = await world.document(manager, folderId);
    await world.type(id, "x".repeat(1_000_000), manager.userId);
    const names = Array.from({ length: 12 }, (_, i) => `c${i}: content(format: ${i % 2 ? "TEXT" : "JSON"})`);
    const { errors } = await world.ask(manager, `{ document(id: "${id}") { ${names.join(" ")} } }`);
    expect(errors.length).toBeGreaterThan(0);
    expect(errors[0]!.message).toBe(
      "One request may read about 4 MiB of content; ask for the others in another.",
    );
  });

  it("is not opened by reading metadata", async () => {
    const { manager, folderId } = await world.manager();
    const id = await world.document(manager, folderId);
    await world.ask(
      manager,
      `{ document(id: "${id}") { title version folder { name } versions { totalCount } } }`,
    );
    expect((await world.actions(id)).sort()).toEqual([
      "document.created",
      "document.listed",
      "version.listed",
    ]);
  });

  it("of a version that does not exist is a fault of the request, and no opening", async () => {
    const { manager, folderId } = await world.manager();
    const id = await world.document(manager, folderId);
    for (const version of [1, -1, 2147483647]) {
      const { codes } = await world.ask(
        manager,
        `{ document(id: "${id}") { content(version: ${version}) } }`,
      );
      expect(codes).toEqual(["BAD_USER_INPUT"]);
    }
    expect(await world.actions(id)).toEqual(["document.created"]);
  });
});

describe("an import", () => {
  it("makes a filing with its content, author and entries in one go", async () => {
    const { manager, folderId } = await world.manager();
    const html = sampleFilingHtml();
    const { data, codes } = await world.ask<Imported>(manager, importing, { input: { folderId, html } });
    expect(codes).toEqual([]);
    const { id, title, version, content } = data.importDocument;
    expect(title).toBe(importHtml(html).title);
    expect(version).toBe(1);
    expect(content).toContain("Lantern Quay");
    expect(data.importDocument).toMatchObject({
      kind: "FILING",
      createdBy: { id: manager.userId },
      versions: { edges: [{ node: { number: 1, author: { id: manager.userId } } }] },
    });
    const entries = await world.entries(id);
    expect(entries.map(({ action }) => action)).toEqual([
      "document.created",
      "document.imported",
      "document.opened",
    ]);
    expect(entries[1]?.detail).toMatchObject({ version: 1, sourceBytes: Buffer.byteLength(html) });
  });

  it("refuses what is no page with the sentence of the reader, and keeps nothing", async () => {
    const { manager, folderId } = await world.manager();
    const before = await world.count("documents.document");
    for (const html of ["", "%PDF-1.7 …", `PK\u0003\u0004`]) {
      const { codes, errors } = await world.ask(manager, importing, {
        input: { folderId, title: "x", html },
      });
      expect(codes).toEqual(["BAD_USER_INPUT"]);
      expect(errors[0]?.message).toMatch(/^(The file is empty|This is a)/);
    }
    expect(await world.count("documents.document")).toBe(before);
  });

  it("that fails at its last step leaves neither document nor entries", async () => {
    const { manager, folderId } = await world.manager();
    const context = world.subgraph.context(asCaller(manager));
    const stopped = Object.create(context, {
      edits: {
        value: {
          commit: async (...given: Parameters<typeof context.edits.commit>) => {
            await context.edits.commit(...given);
            throw new Error("the last step fails, with everything written and nothing committed");
          },
        },
      },
    }) as typeof context;
    const counts = () =>
      Promise.all(
        [
          "documents.document",
          "documents.head",
          "documents.change",
          "permissions.resource",
          "audit.entry",
        ].map((table) => world.count(table)),
      );
    const before = await counts();
    await expect(importDocument(stopped, { folderId, title: "x", html: "<p>text</p>" })).rejects.toThrow(
      "the last step",
    );
    expect(await counts()).toEqual(before);
  });

  const real = new URL("../../../../shared/data/filings/camp4-424b4-prospectus.html", import.meta.url);
  const source = readIfThere(real);
  it.skipIf(source === undefined)(
    `reads a real prospectus${source === undefined ? " (SKIPPED: not beside the repository)" : ""}`,
    async () => {
      const { manager, folderId } = await world.manager();
      let turns = 0;
      const turning = setInterval(() => turns++, 5);
      const { data, codes } = await world.ask<Imported>(
        manager,
        "mutation ($input: ImportDocumentInput!) { importDocument(input: $input) { id version } }",
        { input: { folderId, title: "Prospectus", html: source } },
      );
      clearInterval(turning);
      expect(codes).toEqual([]);
      expect(data.importDocument.version).toBe(1);
      // Reading it takes seconds, on another thread: this one went on turning.
      expect(turns).toBeGreaterThan(100);
      const { data: read } = await world.ask<{ document: { content: string } }>(
        manager,
        `{ document(id: "${data.importDocument.id}") { content } }`,
      );
      expect(read.document.content).toContain("CAMP4");
      expect(read.document.content.length).toBeGreaterThan(500_000);
    },
    180_000,
  );
});

function readIfThere(url: URL): string | undefined {
  try {
    return readFileSync(url, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
