/** The rules of a style sheet that hold for a reader at a screen, in their order. */
export interface SheetRule {
  readonly selectors: readonly string[];
  readonly body: string;
}

/** How wide the screen is, in pixels, of which a page may ask. */
const screenWidth = 1280;
const deepestGroups = 8;

/** Reads a style sheet in time that grows with its length; what it does not understand it leaves out. */
export function readSheet(source: string): SheetRule[] {
  const rules: SheetRule[] = [];
  readRules(source.replace(/\/\*[\s\S]*?(?:\*\/|$)/g, " ").replace(/<!--|-->/g, " "), rules, 0);
  return rules;
}

/** Answers whether what is meant for these media is shown to a reader at a screen. */
export function holdsOnScreen(media: string): boolean {
  if (media.trim() === "") return true;
  return splitList(media).some((query) => {
    const words = query.trim().toLowerCase();
    const negated = /^not\b/.test(words);
    const type = /^(?:only\s+|not\s+)?(all|screen|print|speech|tv|handheld|projection|braille|aural)\b/.exec(
      words,
    )?.[1];
    const holds =
      (type === undefined || type === "all" || type === "screen") &&
      [...words.matchAll(/\(\s*(min|max)-(?:device-)?width\s*:\s*([\d.]+)(px|em|rem)?\s*\)/g)].every(
        ([, bound, number, unit]) => {
          const width = Number(number) * (unit === "em" || unit === "rem" ? 16 : 1);
          return bound === "min" ? screenWidth >= width : screenWidth <= width;
        },
      ) &&
      !/prefers-color-scheme\s*:\s*dark|orientation\s*:\s*portrait|prefers-reduced/.test(words);
    return negated ? !holds : holds;
  });
}

function readRules(css: string, rules: SheetRule[], depth: number): void {
  let at = 0;
  while (at < css.length) {
    const open = find(css, at, "{;");
    if (open === -1) return;
    const prelude = css
      .slice(at, open)
      .replace(/^[\s}]+/, "")
      .trim();
    if (css[open] === ";") {
      at = open + 1;
      continue;
    }
    const close = closingBrace(css, open);
    const body = css.slice(open + 1, close);
    at = close + 1;
    if (!prelude.startsWith("@")) rules.push({ selectors: splitList(prelude), body });
    else if (depth < deepestGroups) {
      const [, name = "", condition = ""] = /^@([\w-]+)\s*([\s\S]*)$/.exec(prelude) ?? [];
      const group = name.toLowerCase();
      if (group === "supports" || group === "layer" || (group === "media" && holdsOnScreen(condition)))
        readRules(body, rules, depth + 1);
    }
  }
}

/** The next of some characters outside quotation marks. */
function find(css: string, from: number, wanted: string): number {
  for (let at = from; at < css.length; at += 1) {
    const character = css[at] ?? "";
    if (wanted.includes(character)) return at;
    if (character === '"' || character === "'") at = endOfString(css, at);
    else if (character === "\\") at += 1;
  }
  return -1;
}

function closingBrace(css: string, open: number): number {
  let depth = 1;
  for (let at = find(css, open + 1, "{}"); at !== -1; at = find(css, at + 1, "{}")) {
    depth += css[at] === "{" ? 1 : -1;
    if (depth === 0) return at;
  }
  return css.length;
}

/** A string ends at its mark, or at the end of its line, where it was never closed. */
function endOfString(css: string, from: number): number {
  for (let at = from + 1; at < css.length; at += 1) {
    if (css[at] === "\\") at += 1;
    else if (css[at] === css[from] || css[at] === "\n") return at;
  }
  return css.length;
}

/** The parts between commas that stand in no bracket. */
function splitList(source: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < source.length; at += 1) {
    const character = source[at] ?? "";
    if (character === '"' || character === "'") at = endOfString(source, at);
    else if ("([".includes(character)) depth += 1;
    else if (")]".includes(character)) depth -= 1;
    else if (character === "," && depth === 0) {
      parts.push(source.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(source.slice(from));
  return parts;
}
