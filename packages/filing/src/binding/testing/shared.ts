import * as Y from "yjs";

/** A shared element, with whatever attributes another program may set. */
export function element(
  name: string,
  attributes: Record<string, unknown>,
  ...children: (Y.XmlElement | Y.XmlText)[]
): Y.XmlElement {
  const made = new Y.XmlElement(name);
  // The type allows text only.
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value as string);
  made.insert(0, children);
  return made;
}

/** A shared text of one run. */
export function text(words: string, attributes: Record<string, unknown> = {}): Y.XmlText {
  const made = new Y.XmlText();
  made.insert(0, words, attributes);
  return made;
}
