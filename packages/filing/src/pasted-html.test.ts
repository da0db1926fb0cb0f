import { DOMParser, Slice } from "@tiptap/pm/model";
import { EditorState, TextSelection } from "@tiptap/pm/state";
import { handlePaste, TableMap } from "@tiptap/pm/tables";
import type { EditorView } from "@tiptap/pm/view";
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { htmlToFiling } from "./import-html.js";
import { pastedHtml } from "./pasted-html.js";
import { filingSchema } from "./schema.js";
import { withoutMergedCells } from "./split-spans.js";

describe("a paste", () => {
  test.each([
    [
      "leaves out what is hidden",
      '<p>a</p><p style="mso-hide:all;display:none">x</p><p>b <span hidden>x</span></p>',
      "<p>a</p><p>b</p>",
    ],
    [
      "leaves out what its style sheet hides",
      "<html><head><style>.x{display:none}</style></head><body><!--StartFragment--><p>a</p><p class=x>x</p><!--EndFragment--></body></html>",
      "<p>a</p>",
    ],
    ["makes no heading of a bold word", "<b>Note</b>", "<p><strong>Note</strong></p>"],
    ["brings nothing where nothing is shown", "<p hidden>x</p>", ""],
    ["keeps how an editor cut it", '<p data-pm-slice="1 1 []">a</p>', '<p data-pm-slice="1 1 []">a</p>'],
    [
      "reads what says it is cut by an editor, and hides",
      '<p data-pm-slice="1 1 []">a<i style="display:none">x</i></p>',
      "<p>a</p>",
    ],
  ])("%s", (_, html, expected) => {
    expect(pastedHtml(html)).toBe(expected);
  });

  test("of a filing's table joins its figures", () => {
    const cells = "<tr><td>Cash<td>$<td>12<td></tr><tr><td>Loss<td><td>(3<td>)</tr>";
    expect(
      pastedHtml(`<table>${cells}</table>`)
        .replace(/<[^>]*>/g, "|")
        .replace(/\|+/g, "|"),
    ).toBe("|Cash|$12|Loss|(3)|");
  });
});

/** What stands in a table of three by three after a paste into one of its cells. */
function pastedInto(cell: number, html: string): string[] {
  const blank = htmlToFiling(`<table>${"<tr><th>x</th><td></td><td></td></tr>".repeat(3)}</table>`).document;
  const table = blank.firstChild;
  if (table === null) throw new Error("there is a table");
  const place = TableMap.get(table).map[cell] ?? 0;
  const selection = TextSelection.near(blank.resolve(place + 2));
  const state = EditorState.create({ doc: blank, selection });
  const { document } = parseHTML(`<html><body>${pastedHtml(html)}</body></html>`);
  const pasted = DOMParser.fromSchema(filingSchema).parse(document.body);
  let after = state;
  const view = {
    state,
    dispatch: (tr: typeof state.tr) => (after = state.apply(tr)),
  } as unknown as EditorView;
  const slice = withoutMergedCells(new Slice(pasted.content, 0, 0));
  expect(handlePaste(view, undefined as never, slice)).toBe(true);
  after.doc.check();
  const made = after.doc.firstChild;
  if (made === null) throw new Error("there is a table");
  expect(TableMap.get(made).problems).toBeNull();
  return made.children.map((row) => row.children.map((one) => one.textContent || "-").join(" "));
}

describe("merged cells are pasted into a table", () => {
  test.each([
    ["down", 0, "<table><tr><td>A<td>B<td rowspan=2>C<tr><td>D<td>E</table>", ["A B C", "D E -", "x - -"]],
    ["across", 1, "<table><tr><td>A<td>B<tr><td colspan=2>C</table>", ["x A B", "x C -", "x - -"]],
    [
      "past the end of the table",
      8,
      "<table><tr><td rowspan=2>A<td>B<tr><td>C</table>",
      ["x - - -", "x - - -", "x - A B", "- - - C"],
    ],
    ["at their end", 0, "<table><tr><td>A<td rowspan=9>B<tr><td>C</table>", ["A B -", "C - -", "x - -"]],
  ])("%s", (_, cell, html, expected) => {
    expect(pastedInto(cell, html)).toEqual(expected);
  });

  test("however far they say they reach", () => {
    const rows = pastedInto(0, "<table><tr><td rowspan=65534 colspan=900>A<td>B<tr><td>C</table>");
    expect(rows.join(" ")).toMatch(/A.*B.*C/s);
  });
});
