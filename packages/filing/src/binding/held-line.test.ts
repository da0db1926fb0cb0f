import { TextSelection } from "@tiptap/pm/state";
import { describe, expect, test, vi } from "vitest";
import * as Y from "yjs";
import { filingField } from "../extensions.js";
import { Desk, exchange } from "./testing/desk.js";

/** A line of an editor in which an input method composes at `at`, and a colleague in the same line. */
function composingAt(words: string, at: number) {
  const desk = new Desk();
  desk.dispatch(desk.state.tr.insertText(words, 1));
  const colleague = new Y.Doc();
  exchange(desk.doc, colleague);
  desk.dispatch(desk.state.tr.setSelection(TextSelection.create(desk.state.doc, at)));
  desk.composing = true;
  const line = () => {
    const element = colleague.getXmlFragment(filingField).get(0);
    const text = element instanceof Y.XmlElement ? element.get(0) : null;
    if (!(text instanceof Y.XmlText)) throw new Error("there is no line");
    return text;
  };
  let composed = { from: at, to: at };
  return {
    desk,
    line,
    colleague,
    /** What the input method shows now, in the place of what it showed before. */
    compose(text: string) {
      const { tr } = desk.state;
      desk.dispatch(
        composed.to > composed.from || text ? tr.insertText(text, composed.from, composed.to) : tr,
      );
      composed = { from: composed.from, to: composed.from + text.length };
    },
    write(act: () => void) {
      exchange(desk.doc, colleague);
      act();
      exchange(colleague, desk.doc);
    },
    shown: () => desk.state.doc.textContent,
    shared: () => desk.fresh.textContent,
    async end() {
      desk.composing = false;
      vi.useFakeTimers();
      desk.end();
      vi.runAllTimers();
      vi.useRealTimers();
      exchange(desk.doc, colleague);
    },
  };
}

describe("a line in which an input method composes", () => {
  test("does not move when a colleague writes into it, and shows their words when the composition ends", async () => {
    const { desk, line, compose, write, shown, shared, end } = composingAt("The offer price is set.", 10);
    compose("n");
    write(() => line().insert(0, "Note: "));
    compose("ni");
    write(() => line().insert(line().length, " (draft)"));
    expect(shown()).toBe("The offerni price is set.");
    compose("你");
    expect(shared()).toBe("Note: The offer你 price is set. (draft)");
    await end();
    expect(shown()).toBe("Note: The offer你 price is set. (draft)");
    expect(line().toString()).toBe(shown());
    expect(desk.state.selection.head).toBe(10 + "Note: ".length + 1);
    expect(desk.state.doc.textBetween(1, desk.state.selection.head)).toBe("Note: The offer你");
  });

  test("keeps what a colleague wrote between the letters that are composed", async () => {
    const { line, compose, write, shown, shared, end } = composingAt("ab", 2);
    compose("xyz");
    write(() => line().insert(2, "COLLEAGUE"));
    expect(shown()).toBe("axyzb");
    compose("詞");
    expect(shared()).toBe("a詞COLLEAGUEb");
    await end();
    expect(shown()).toBe(shared());
  });

  test.each([
    ["the letter before what is composed", 4, 1],
    ["all before it", 0, 5],
  ])("keeps what a colleague puts in the place of %s", async (_, at, length) => {
    const { colleague, line, compose, write, shown, shared, end } = composingAt("Price", 6);
    compose("ni");
    write(() =>
      colleague.transact(() => {
        line().delete(at, length);
        line().insert(at, "WORDS");
      }),
    );
    compose("nihao");
    compose("你好");
    expect(shared()).toBe(`${"Price".slice(0, at)}WORDS你好`);
    await end();
    expect(shown()).toBe(shared());
  });

  test("keeps what a colleague has composed at the same place", async () => {
    const { colleague, line, compose, write, shown, shared, end } = composingAt("Price", 6);
    const theirs = (old: string, next: string) =>
      write(() =>
        colleague.transact(() => {
          const from = old === "" ? line().length : line().toString().indexOf(old);
          line().delete(from, old.length);
          line().insert(from, next);
        }),
      );
    compose("z");
    theirs("", "n");
    compose("za");
    theirs("n", "nihao");
    compose("zaijian");
    theirs("nihao", "你好");
    compose("再见");
    expect(shared().split("").sort()).toEqual("Price你好再见".split("").sort());
    await end();
    expect(shown()).toBe(shared());
  });

  test("writes on when a colleague has deleted what stood around it", async () => {
    const { line, compose, write, shown, shared, end } = composingAt("one two three", 5);
    compose("a");
    write(() => line().delete(0, line().length));
    compose("ab");
    compose("abc");
    // Its first letter was among what the colleague deleted.
    expect(shared()).toBe("bc");
    await end();
    expect(shown()).toBe(shared());
  });

  test("is shown as it is when its paragraph is taken away", () => {
    const { colleague, compose, write, shown } = composingAt("one", 2);
    compose("n");
    write(() => colleague.getXmlFragment(filingField).delete(0, 1));
    expect(shown()).toBe("");
  });

  test("lets changes of other lines through at once", () => {
    const { desk, colleague, compose, write } = composingAt("one", 2);
    const second = new Y.XmlElement("paragraph");
    second.insert(0, [new Y.XmlText("two")]);
    write(() => colleague.getXmlFragment(filingField).insert(1, [second]));
    compose("n");
    const words = second.get(0);
    write(() => words instanceof Y.XmlText && words.insert(3, "!"));
    expect(desk.state.doc.children.map(({ textContent }) => textContent)).toEqual(["onne", "two!"]);
  });
});
