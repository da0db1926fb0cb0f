import type { Block } from "./blocks.js";

/** Tags of EDGAR's own for filings in plain text; `S` and `C` say where the columns of a table begin. */
const ownTags = /<\/?(?:PAGE|TABLE|CAPTION|S|C|FN|F\d{1,2})>/gi;
const columnLine = /^[ \t]*<S>(?:[ \t]*<C>)+[ \t]*(?:\r?\n|$)/gim;
const htmlTags = /<(?:html|body|p|div|font|span|br|t[dr]|b|i|a|center|h[1-6]|pre)[\s>/]/i;
const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: " " };

/** Answers whether this is a filing in plain text, as EDGAR took them before it took HTML. */
export function isAsciiFiling(source: string): boolean {
  return !htmlTags.test(source) && (/<(?:PAGE|CAPTION)>/i.test(source) || /<S>(?:[ \t]*<C>)+/i.test(source));
}

/** Reads such a filing: its lines and columns stay as they are. A blank line or a page ends a block, except in a table. */
export function readAsciiFiling(source: string): Block[] {
  const blocks: Block[] = [];
  let lines: string[] = [];
  let inTable = false;
  const end = () => {
    const text = lines.join("\n").replace(/^(?:[ \t]*\n)+|\s+$/g, "");
    if (text.trim() !== "") blocks.push({ kind: "code", text });
    lines = [];
  };
  for (const raw of source.split(/\r\n|\r|\n|\f/)) {
    if (/<PAGE>|<TABLE>/i.test(raw)) end();
    if (/<TABLE>/i.test(raw)) inTable = true;
    const tagged = /<\/?[A-Z]/i.test(raw);
    const line = textOfLine(raw);
    if (!(tagged && line === "")) {
      if (line === "" && !inTable) end();
      else lines.push(line);
    }
    if (/<\/TABLE>/i.test(raw)) {
      end();
      inTable = false;
    }
  }
  end();
  return blocks;
}

/**
 * Makes preformatted text of the tables of plain text that stand in a page (in its `pre`, as a rule): to an HTML parser `<S>` strikes
 * out all that follows, and lines of a `<TABLE>` without cells run together.
 */
export function withoutAsciiTables(source: string): string {
  columnLine.lastIndex = 0;
  if (!columnLine.test(source)) return source;
  const pieces = source.split(/(<TABLE[^<>]*>|<\/TABLE>)/i);
  for (let at = 1; at < pieces.length; at += 2) {
    const inside = pieces[at + 1] ?? "";
    if (!/^<TABLE/i.test(pieces[at] ?? "") || /<T[DRH][\s>]/i.test(inside)) continue;
    if (!/<S>(?:[ \t]*<C>)+/i.test(inside)) continue;
    pieces[at] = "<pre>\n";
    pieces[at + 1] = inside.replace(columnLine, "").replace(ownTags, "");
    if (/^<\/TABLE>/i.test(pieces[at + 2] ?? "")) pieces[at + 2] = "</pre>";
    else pieces[at + 1] += "</pre>";
  }
  return pieces.join("");
}

function textOfLine(line: string): string {
  return line
    .replace(ownTags, "")
    .replace(/&(amp|lt|gt|quot|nbsp);/gi, (whole, name: string) => entities[name.toLowerCase()] ?? whole)
    .trimEnd();
}
