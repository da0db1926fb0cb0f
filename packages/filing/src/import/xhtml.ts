const namespace = "http://www.w3.org/1999/xhtml";
const sayings = /^\s*(?:<!--[\s\S]*?-->\s*)*<\?xml\b|<!DOCTYPE[^>]*\bXHTML\b|<[\w.-]+:html\b/i;
const emptyElements = new Set(
  "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr".split(
    " ",
  ),
);
/** In these an HTML parser sees nothing but text until their end tag, so that an empty one swallows the page. */
const textElements = new Set("title style script textarea xmp iframe noembed noframes noscript".split(" "));
const headLength = 4096;

/**
 * Writes a page that is XML as the HTML that means the same: an HTML parser takes `<title/>` for a start tag, `x:p` for an unknown
 * element and CDATA for a comment. A page that does not say it is XML keeps all but empty elements that would swallow the rest.
 */
export function fromXhtml(source: string): string {
  const head = source.slice(0, headLength);
  const isXml = sayings.test(head) || head.includes(namespace);
  if (!isXml && !/<(?:title|style|script|textarea|iframe|noscript|xmp)\b[^<>]*\/>/i.test(source))
    return source;
  const prefixes = isXml ? prefixesOf(source) : new Set<string>();
  const out: string[] = [];
  const lowerCase = source.toLowerCase();
  let from = 0;
  let typed = false;
  /** By name, where its last end tag stands. */
  const ends = new Map<string, number>();
  const isUnclosed = (name: string, at: number) => {
    if (!textElements.has(name)) return false;
    const end = ends.get(name) ?? lowerCase.lastIndexOf(`</${name}`);
    ends.set(name, end);
    return end < at;
  };
  const keepTo = (end: number) => out.push(source.slice(from, end));
  for (let at = source.indexOf("<"); at !== -1; at = source.indexOf("<", Math.max(at + 1, from))) {
    if (source.startsWith("<!--", at)) {
      const end = source.indexOf("-->", at + 4);
      if (end === -1) break;
      keepTo(end + 3);
      from = end + 3;
    } else if (isXml && source.startsWith("<![CDATA[", at)) {
      const end = source.indexOf("]]>", at);
      if (end === -1) break;
      keepTo(at);
      out.push(escaped(source.slice(at + 9, end)));
      from = end + 3;
    } else if (isXml && !typed && lowerCase.startsWith("<!doctype", at)) {
      typed = true;
      const end = endOfDoctype(source, at);
      if (end === null) break;
      keepTo(at);
      out.push(source.slice(at, end).replace(/\s*\[[\s\S]*$/, ">"));
      from = end;
    } else {
      const tag = tagAt(source, at);
      if (tag === null) continue;
      // Quotation marks that never close: nothing behind can be told apart.
      if (tag.end === null) break;
      const name = withoutPrefix(tag.name, prefixes);
      keepTo(at);
      const lower = name.toLowerCase();
      const expand = tag.selfClosing && !emptyElements.has(lower) && (isXml || isUnclosed(lower, tag.end));
      const inner = source.slice(at + (tag.closing ? 2 : 1) + tag.name.length, tag.end - (expand ? 2 : 1));
      out.push(`<${tag.closing ? "/" : ""}${name}${inner}>`, expand ? `</${name}>` : "");
      from = tag.end;
      if (!tag.closing && !tag.selfClosing && (lower === "style" || lower === "script")) {
        const end = lowerCase.indexOf(`</${tag.name.toLowerCase()}`, from);
        if (end === -1) break;
        out.push(source.slice(from, end).replace(/<!\[CDATA\[|\]\]>/g, ""));
        from = end;
      }
    }
  }
  keepTo(source.length);
  return out.join("");
}

/** The prefixes that stand for XHTML. */
function prefixesOf(source: string): Set<string> {
  const declarations = source.matchAll(/\sxmlns:([\w.-]+)\s*=\s*["']http:\/\/www\.w3\.org\/1999\/xhtml["']/g);
  return new Set(Array.from(declarations, ([, prefix]) => prefix ?? ""));
}

function withoutPrefix(name: string, prefixes: ReadonlySet<string>): string {
  const colon = name.indexOf(":");
  return colon !== -1 && prefixes.has(name.slice(0, colon)) ? name.slice(colon + 1) : name;
}

interface TagPlace {
  readonly name: string;
  readonly closing: boolean;
  readonly selfClosing: boolean;
  /** Null for a tag that does not end. */
  readonly end: number | null;
}

const nameOfTag = /<(\/?)([A-Za-z_][\w.:-]*)/y;
const partOfTag = /[^"'>]*(?:"[^"]*"|'[^']*'|>)/y;

/** The tag that begins at `at`, or null if none does. */
function tagAt(source: string, at: number): TagPlace | null {
  nameOfTag.lastIndex = at;
  const match = nameOfTag.exec(source);
  if (match === null) return null;
  partOfTag.lastIndex = nameOfTag.lastIndex;
  for (;;) {
    const part = partOfTag.exec(source);
    if (part === null) return { name: match[2] ?? "", closing: false, selfClosing: false, end: null };
    if (!part[0].endsWith(">")) continue;
    const end = partOfTag.lastIndex;
    const selfClosing = match[1] === "" && source[end - 2] === "/";
    return { name: match[2] ?? "", closing: match[1] === "/", selfClosing, end };
  }
}

/** Where a document type ends, behind the declarations that it may hold. */
function endOfDoctype(source: string, at: number): number | null {
  const close = source.indexOf(">", at);
  const bracket = source.indexOf("[", at);
  if (bracket === -1 || close === -1 || close < bracket) return close === -1 ? null : close + 1;
  const end = source.slice(bracket).search(/\]\s*>/);
  return end === -1 ? null : source.indexOf(">", bracket + end) + 1;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
