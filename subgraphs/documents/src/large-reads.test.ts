import { newId } from "@onrecord/core/ids";
import { readContent } from "@onrecord/filing/content";
import { Attribution } from "@onrecord/history/attribution/attribution";
import { ReadingThreads } from "@onrecord/history/reading/reading-threads";
import { Readings } from "@onrecord/history/reading/readings";
import { bySystem } from "@onrecord/ledger/ledger";
import type { Principal } from "@onrecord/policy/principal";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Y from "yjs";
import { World } from "./testing/world.js";

let world: World;
let manager: Principal;
let folderId: string;
let id: string;
let attribution: Attribution;
const formats = ["HTML", "TEXT", "JSON"] as const;

/** More than is read in the thread that serves. */
const page = `<h1>“Figures” 図</h1><table>${Array.from({ length: 700 }, (_, i) => `<tr><td>Row ${i}</td><td><b>${i * 7}</b></td></tr>`).join("")}</table>`;

beforeAll(async () => {
  world = await World.open();
  ({ manager, folderId } = await world.manager());
  attribution = new Attribution(world.context, world.history);
  const { data } = await world.ask<{ importDocument: { id: string } }>(
    manager,
    "mutation ($input: ImportDocumentInput!) { importDocument(input: $input) { id } }",
    { input: { folderId, title: "Figures", html: page } },
  );
  id = data.importDocument.id;
  await change((fragment) => fragment.insert(0, [paragraph("first")]));
  await change((fragment) => fragment.delete(0, 1));
  await change((fragment) => fragment.insert(fragment.length, [paragraph("last")]));
});
afterAll(() => world[Symbol.asyncDispose]());

function paragraph(text: string): Y.XmlElement {
  const element = new Y.XmlElement("paragraph");
  element.insert(0, [new Y.XmlText(text)]);
  return element;
}

async function change(work: (fragment: Y.XmlFragment) => void): Promise<void> {
  await world.edits.commit({
    documentId: id,
    by: { ...bySystem(newId()), actorKind: "USER", actorId: manager.userId },
    action: "document.edited",
    change: ({ doc }) => {
      const draft = new Y.Doc();
      Y.applyUpdate(draft, Y.encodeStateAsUpdate(doc));
      const before = Y.encodeStateVector(draft);
      work(draft.getXmlFragment("default"));
      return Y.encodeStateAsUpdate(draft, before);
    },
  });
}

async function contentOf(version: number, format: (typeof formats)[number]): Promise<string> {
  return readContent((await world.history.load(id, version)).doc, "FILING", format);
}

describe("a large document", () => {
  it("is told in every format and at every version as what it is", async () => {
    const fields = formats.flatMap((format) =>
      [1, 2, 4].map((version) => `${format}${version}: content(format: ${format}, version: ${version})`),
    );
    for (const field of fields) {
      const { data, codes } = await world.ask<{ document: Record<string, string> }>(
        manager,
        `{ document(id: "${id}") { ${field} } }`,
      );
      expect(codes).toEqual([]);
      const [[name, told] = ["", ""]] = Object.entries(data.document);
      const format = formats.find((one) => name.startsWith(one))!;
      expect(told, name).toBe(await contentOf(Number(name.slice(format.length)), format));
    }
    const opened = (await world.entries(id)).filter(({ action }) => action === "document.opened");
    expect(opened.map(({ detail }) => detail.version).sort()).toEqual([1, 1, 1, 2, 2, 2, 4, 4, 4]);
  });

  it("has its authors and differences told as a small one's", async () => {
    const { data, codes } = await world.ask<{
      document: Record<"diff" | "lost" | "attribution" | "deleted", { roots: unknown }>;
    }>(
      manager,
      `{ document(id: "${id}") {
        diff(from: 1, to: 4) { roots } lost: diff(from: 3, to: 4) { roots }
        attribution(version: 4) { roots } deleted: attribution(version: 4, deletedSince: 1, exact: true) { roots } } }`,
    );
    expect(codes).toEqual([]);
    const { diff, lost, attribution: authors, deleted } = data.document;
    expect(diff.roots).toEqual((await attribution.diff(id, 1, 4)).roots);
    expect(lost.roots).toEqual((await attribution.diff(id, 3, 4)).roots);
    expect(authors.roots).toEqual((await attribution.at(id, { version: 4 })).roots);
    expect(deleted.roots).toEqual(
      (await attribution.at(id, { version: 4, deletedSince: 1, exact: true })).roots,
    );
    expect(JSON.stringify(deleted.roots)).toContain('"first"');
  });

  it("is told of no version that is not there, and nothing is on the record of that", async () => {
    const before = (await world.entries(id)).length;
    const { codes } = await world.ask(
      manager,
      `{ document(id: "${id}") { a: content(version: 5), b: diff(from: 1, to: 5) { to } } }`,
    );
    expect(new Set(codes)).toEqual(new Set(["BAD_USER_INPUT"]));
    expect(await world.entries(id)).toHaveLength(before);
  });

  it("is brought back as it was, under what others write meanwhile", async () => {
    const wanted = await contentOf(2, "JSON");
    const restore = () =>
      world.ask(manager, "mutation ($input: RestoreVersionInput!) { restoreVersion(input: $input) { id } }", {
        input: { documentId: id, version: 2 },
      });
    expect((await restore()).codes).toEqual([]);
    expect(await contentOf(5, "JSON")).toBe(wanted);
    const typing = (async () => {
      for (let i = 0; i < 6; i++) await change((fragment) => fragment.insert(0, [paragraph(`more ${i}`)]));
    })();
    const [{ codes }] = await Promise.all([restore(), typing]);
    expect(codes).toEqual([]);
    const { doc, version } = await world.history.load(id);
    const text = readContent(doc, "FILING", "TEXT");
    expect(text).toContain("more 5");
    const changes = (await world.actions(id)).filter((action) =>
      ["document.imported", "document.edited", "version.restored"].includes(action),
    );
    expect(changes).toHaveLength(version);
  });
});

describe("a reading", () => {
  it("of a small document takes no thread; of a large one it ends when the node does, or whoever asked has gone", async () => {
    const { limits } = world.context.config;
    const threads = new ReadingThreads(limits);
    const readings = new Readings(world.history, attribution, threads);
    const small = await world.document(manager, folderId);
    await world.type(small, "short");
    const wanted = { version: undefined, kind: "TEXT", format: "TEXT" } as const;
    const codeOf = (error: { code?: string }) => error.code;
    const gone = new AbortController();
    const left = readings.content(id, { ...wanted, kind: "FILING" }, { person: "a", gone: gone.signal });
    gone.abort();
    expect(await left.catch(codeOf)).toBe("UNAVAILABLE");
    await threads[Symbol.asyncDispose]();
    expect((await readings.content(small, wanted, { person: "a" })).text).toEqual({ value: "short" });
    expect(await readings.content(id, { ...wanted, kind: "FILING" }, { person: "a" }).catch(codeOf)).toBe(
      "UNAVAILABLE",
    );
  });

  it("that takes more memory than it may is refused with a sentence, and the node lives on", async () => {
    const limits = { ...world.context.config.limits, readingMegabytes: 24 };
    await using threads = new ReadingThreads(limits);
    const readings = new Readings(world.history, attribution, threads);
    const wanted = { version: undefined, kind: "FILING", format: "HTML" } as const;
    const refused = await readings.content(id, wanted, { person: "a" }).catch((error) => error);
    expect(refused).toMatchObject({ code: "BAD_USER_INPUT", message: expect.stringContaining("too large") });
  });
});
