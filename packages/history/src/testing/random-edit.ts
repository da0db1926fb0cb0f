import type { Draw } from "@onrecord/core/testing/random";
import * as Y from "yjs";

/** Makes one random edit of any Yjs type; every character comes from `next`, so that a test can tell them apart. */
export function randomEdit(doc: Y.Doc, random: Draw, next: () => string): void {
  const words = () => Array.from({ length: 1 + random(6) }, next).join("");
  switch (random(10)) {
    case 0:
    case 1:
    case 2:
      return editText(doc.getText("content"), random, words);
    case 3:
    case 4:
    case 5:
      return editXml(doc.getXmlFragment("default"), random, words);
    case 6:
    case 7:
      return editMap(doc.getMap("map"), random, words);
    default:
      return editArray(doc.getArray("list"), random, words);
  }
}

function editText(text: Y.Text, random: Draw, words: () => string): void {
  const { length } = text;
  switch (length < 3 ? 0 : random(7)) {
    case 0:
    case 1:
    case 2:
      return text.insert(random(length + 1), words(), random(3) ? undefined : { [markOf(random)]: true });
    case 3:
    case 4:
      return text.delete(random(length - 2), 1 + random(2));
    case 5: {
      const at = random(length - 1);
      return text.format(at, 1 + random(length - at), {
        [markOf(random)]: random(2) ? { n: random(2) } : null,
      });
    }
    default:
      return text.insertEmbed(random(length + 1), { image: words() });
  }
}

function markOf(random: Draw): string {
  return ["bold", "italic", "link"][random(3)]!;
}

function editXml(parent: Y.XmlFragment, random: Draw, words: () => string): void {
  const at = parent.length === 0 ? undefined : random(parent.length);
  const child = at === undefined ? undefined : parent.get(at);
  const choice = child === undefined ? 0 : random(6);
  if (choice === 0) return parent.insert(random(parent.length + 1), [xmlNode(random, words)]);
  if (choice === 1) return parent.delete(at!, 1);
  if (child instanceof Y.XmlText) return editText(child, random, words);
  if (!(child instanceof Y.XmlElement)) return;
  if (choice === 2) return child.setAttribute("level", words());
  if (choice === 3) return child.removeAttribute("level");
  return editXml(child, random, words);
}

function xmlNode(random: Draw, words: () => string): Y.XmlElement | Y.XmlText {
  const text = new Y.XmlText();
  text.insert(0, words(), random(2) ? { bold: true } : {});
  if (random(5) === 0) return text;
  const element = new Y.XmlElement(["paragraph", "heading", "listItem"][random(3)]!);
  element.insert(0, random(3) ? [text] : [xmlNode(random, words), text]);
  if (random(2)) element.setAttribute("level", words());
  return element;
}

function editMap(map: Y.Map<unknown>, random: Draw, words: () => string): void {
  const key = "abc"[random(3)]!;
  const value = map.get(key);
  switch (random(5)) {
    case 0:
      return map.delete(key);
    case 1:
      if (!editNested(value, random, words)) map.set(key, nested(random, words));
      return;
    case 2:
      return void map.set(key, nested(random, words));
    default:
      return void map.set(key, words());
  }
}

function editArray(list: Y.Array<unknown>, random: Draw, words: () => string): void {
  const { length } = list;
  switch (length < 2 ? 0 : random(5)) {
    case 0:
      return list.insert(random(length + 1), [nested(random, words)]);
    case 1:
      return list.insert(random(length + 1), [words(), { deep: [words()] }, random(9)]);
    case 2:
    case 3:
      return list.delete(random(length - 1), 1 + random(2));
    default:
      editNested(list.get(random(length)), random, words);
  }
}

function nested(random: Draw, words: () => string): Y.Map<unknown> | Y.Array<unknown> | Y.Text {
  switch (random(3)) {
    case 0:
      return new Y.Map<unknown>([["a", words()]]);
    case 1:
      return arrayOf([words(), random(2) ? nested(random, words) : random(9)]);
    default:
      return new Y.Text(words());
  }
}

function arrayOf(values: unknown[]): Y.Array<unknown> {
  const array = new Y.Array<unknown>();
  array.insert(0, values);
  return array;
}

/** Edits inside a nested type; false where there is none. */
function editNested(value: unknown, random: Draw, words: () => string): boolean {
  if (value instanceof Y.Text) editText(value, random, words);
  else if (value instanceof Y.Map) editMap(value, random, words);
  else if (value instanceof Y.Array) editArray(value, random, words);
  else return false;
  return true;
}
