import { expect, test } from "vitest";
import * as Y from "yjs";
import { readContent } from "./content.js";
import { importHtml } from "./import-html.js";
import { sampleFilingHtml } from "./sample.js";

test("the sample becomes a filing with headings, tables, lists and links that lead somewhere", () => {
  const { fragmentUpdate, title, stats } = importHtml(sampleFilingHtml());
  expect(title).toBe("Project Harbour: draft announcement");
  expect(stats).toMatchObject({ headings: 8, tables: 2, listItems: 7, links: 4 });
  const doc = new Y.Doc();
  Y.applyUpdate(doc, fragmentUpdate);
  const html = readContent(doc, "FILING", "HTML");
  for (const [, place] of html.matchAll(/href="#([^"]+)"/g)) expect(html).toContain(`id="${place}"`);
});
