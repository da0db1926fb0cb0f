import { EditorState } from "@tiptap/pm/state";
import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import { filingField } from "../extensions.js";
import { Desk, exchange, pageSchema } from "./testing/desk.js";
import { SharedUndo } from "./undo.js";

/** A person with an undo, and a colleague who writes at once. */
function pair() {
  const desk = new Desk();
  const undo = new SharedUndo(desk.binding);
  const { plugin } = undo;
  desk.state = EditorState.create({ doc: desk.state.doc, plugins: [...desk.state.plugins, plugin] });
  const colleague = new Desk();
  const meet = () => exchange(desk.doc, colleague.doc);
  /** What follows is a step of its own. */
  const pause = () => undo.manager.stopCapturing();
  return { desk, undo, colleague, meet, pause };
}

function table(words: string) {
  const cell = () =>
    pageSchema.node("tableCell", null, [pageSchema.node("paragraph", null, [pageSchema.text(words)])]);
  return pageSchema.node("table", null, [pageSchema.node("tableRow", null, [cell(), cell()])]);
}

describe("an undo", () => {
  test("takes back what I typed and leaves what a colleague typed between my letters", () => {
    const { desk, undo, colleague, meet } = pair();
    desk.dispatch(desk.state.tr.insertText("mine", 1));
    meet();
    colleague.dispatch(colleague.state.tr.insertText("THEIRS", 3));
    meet();
    undo.undo();
    expect(desk.state.doc.textContent).toBe("THEIRS");
    undo.redo();
    expect(desk.state.doc.textContent).toBe("miTHEIRSne");
  });

  test("of a table leaves the cell that a colleague has written into, also after the line was down", () => {
    const { desk, undo, colleague, meet } = pair();
    desk.dispatch(desk.state.tr.insert(0, table("x")));
    meet();
    colleague.dispatch(colleague.state.tr.insertText("THEIRS", 5));
    // Meanwhile the line is down; what comes then comes as one state, as a reconnect brings it.
    Y.applyUpdate(desk.doc, Y.encodeStateAsUpdate(colleague.doc), "remote");
    undo.undo();
    expect(desk.state.doc.textContent).toContain("THEIRS");
    meet();
    expect(colleague.state.doc.textContent).toContain("THEIRS");
    expect(colleague.state.doc.toJSON()).toEqual(desk.state.doc.toJSON());
  });

  test("empties what a colleague may be writing into, and leaves it", () => {
    const desk = new Desk();
    const undo = new SharedUndo(desk.binding, () => true);
    desk.dispatch(desk.state.tr.insert(0, table("x")));
    const colleague = new Desk();
    exchange(desk.doc, colleague.doc);
    undo.undo();
    // What they wrote before they heard of it.
    colleague.dispatch(colleague.state.tr.insertText("THEIRS", 5));
    exchange(desk.doc, colleague.doc);
    expect(desk.state.doc.textContent).toBe("THEIRS");
    expect(colleague.state.doc.textContent).toBe("THEIRS");
  });

  test("of a split leaves what a colleague wrote behind it", () => {
    const { desk, undo, colleague, meet, pause } = pair();
    desk.dispatch(desk.state.tr.insertText("one two three", 1));
    pause();
    desk.dispatch(desk.state.tr.split(9));
    meet();
    const end = colleague.state.doc.content.size - 1;
    colleague.dispatch(colleague.state.tr.insertText("THEIRS", end));
    meet();
    undo.undo();
    expect(desk.state.doc.textContent).toContain("THEIRS");
    expect(desk.state.doc.firstChild?.textContent).toBe("one two three");
  });

  test("of a replaced character brings all of it back", () => {
    const { desk, undo, pause } = pair();
    desk.dispatch(desk.state.tr.insertText("😀", 1));
    pause();
    desk.dispatch(desk.state.tr.insertText("😁", 1, 3));
    undo.undo();
    expect(desk.state.doc.textContent).toBe("😀");
    const line = desk.doc.getXmlFragment(filingField).get(0);
    expect(line instanceof Y.XmlElement && line.get(0).toString()).toBe("😀");
  });

  test("puts the caret where it was", () => {
    const { desk, undo, colleague, meet, pause } = pair();
    desk.dispatch(desk.state.tr.insertText("price", 1));
    pause();
    desk.dispatch(desk.state.tr.insertText("!", 6));
    meet();
    colleague.dispatch(colleague.state.tr.insertText("The ", 1));
    meet();
    undo.undo();
    expect(desk.state.doc.textContent).toBe("The price");
    expect(desk.state.selection.head).toBe("The price".length + 1);
  });

  test("has nothing to take back of what only a colleague wrote", () => {
    const { desk, undo, colleague, meet } = pair();
    colleague.dispatch(colleague.state.tr.insertText("THEIRS", 1));
    meet();
    expect(undo.canUndo).toBe(false);
    undo.undo();
    expect(desk.state.doc.textContent).toBe("THEIRS");
  });
});
