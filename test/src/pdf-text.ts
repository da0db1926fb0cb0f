import { inflateSync } from "node:zlib";

/** The characters of a PDF as Chromium writes them, without any white space, in the order in which they are drawn. */
export function pdfText(pdf: Buffer): string {
  const objects = objectsOf(pdf);
  const maps = new Map<string, ReadonlyMap<string, string>>();
  for (const [number, { head }] of objects) {
    const [, map] = /\/ToUnicode (\d+) 0 R/.exec(head) ?? [];
    const cmap = map === undefined ? undefined : objects.get(map)?.body;
    if (cmap !== undefined) maps.set(number, charactersOf(cmap));
  }
  let text = "";
  for (const { body = "" } of objects.values()) {
    let font: ReadonlyMap<string, string> | undefined;
    // A font is named by the number of its object.
    for (const [, name, hex] of body.matchAll(/\/F(\d+) [\d.]+ Tf|<([0-9A-Fa-f]+)>/g)) {
      if (name !== undefined) font = maps.get(name);
      else if (font !== undefined && hex !== undefined) text += drawn(hex.toUpperCase(), font);
    }
  }
  return text.replace(/\s+/g, "");
}

interface PdfObject {
  readonly head: string;
  /** What its stream holds. */
  readonly body?: string;
}

function objectsOf(pdf: Buffer): Map<string, PdfObject> {
  const all = pdf.toString("latin1");
  const objects = new Map<string, PdfObject>();
  for (const { 0: start, 1: number = "", index } of all.matchAll(/(\d+) 0 obj\b/g)) {
    const from = index + start.length;
    const end = all.indexOf("endobj", from);
    const stream = all.indexOf("stream\n", from);
    if (stream < 0 || stream > end) {
      objects.set(number, { head: all.slice(from, end) });
      continue;
    }
    const head = all.slice(from, stream);
    const length = Number(/\/Length (\d+)/.exec(head)?.[1] ?? 0);
    const bytes = pdf.subarray(stream + 7, stream + 7 + length);
    const isPacked = head.includes("/FlateDecode");
    // Pictures and fonts are of no interest here.
    if (isPacked && !/\/Subtype|\/Length1/.test(head))
      objects.set(number, { head, body: inflateSync(bytes).toString("latin1") });
    else objects.set(number, { head });
  }
  return objects;
}

/** What each code of a font stands for. */
function charactersOf(cmap: string): Map<string, string> {
  const characters = new Map<string, string>();
  const read = (hex: string) => Buffer.from(hex, "hex").swap16().toString("utf16le");
  for (const [, list = ""] of cmap.matchAll(/beginbfchar([\s\S]*?)endbfchar/g))
    for (const [, code = "", to = ""] of list.matchAll(/<(\w+)>\s*<(\w+)>/g))
      characters.set(code.toUpperCase(), read(to));
  for (const [, list = ""] of cmap.matchAll(/beginbfrange([\s\S]*?)endbfrange/g))
    for (const [, low = "", high = "", to = ""] of list.matchAll(/<(\w+)>\s*<(\w+)>\s*<(\w+)>/g))
      for (let code = Number.parseInt(low, 16), n = 0; code <= Number.parseInt(high, 16); code++, n++) {
        const name = code.toString(16).toUpperCase().padStart(low.length, "0");
        characters.set(name, String.fromCodePoint(Number.parseInt(to, 16) + n));
      }
  return characters;
}

function drawn(hex: string, font: ReadonlyMap<string, string>): string {
  const width = [...font.keys()][0]?.length ?? 4;
  let text = "";
  for (let at = 0; at < hex.length; at += width) text += font.get(hex.slice(at, at + width)) ?? "";
  return text;
}
