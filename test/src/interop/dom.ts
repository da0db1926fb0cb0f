import { JSDOM } from "jsdom";

// Node gets what it lacks of a page and keeps what it has: the provider must meet the platform's own WebSocket, which breaks when
// `Event` is not the platform's own, and the server is asked with its own `fetch` and `URL`.
const { window } = new JSDOM("<!doctype html>", { pretendToBeVisual: true });
for (const name of Object.getOwnPropertyNames(window))
  if (!(name in globalThis))
    Object.defineProperty(globalThis, name, { get: () => Reflect.get(window, name), configurable: true });

// There is no layout. Editors that measure where a caret goes find one letter at the origin, whatever they ask for.
const letter = new DOMRect(0, 0, 8, 16);
Range.prototype.getBoundingClientRect = () => letter;
Range.prototype.getClientRects = () => Object.assign([letter], { item: () => letter });
