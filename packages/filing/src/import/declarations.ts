/** The declarations of one `style` attribute, by property name in lower case. */
export type Declarations = ReadonlyMap<string, string>;

const none: Declarations = new Map();

/** Reads `style` attributes and remembers them: a real filing repeats a few hundred of them tens of thousands of times. */
export class DeclarationReader {
  readonly #known = new Map<string, Declarations>();

  read(style: string | undefined): Declarations {
    if (style === undefined || style === "") return none;
    const known = this.#known.get(style);
    if (known !== undefined) return known;
    const { normal, important } = parseDeclarations(style);
    const declarations = important.size === 0 ? normal : new Map([...normal, ...important]);
    if (this.#known.size < 20_000) this.#known.set(style, declarations);
    return declarations;
  }
}

/** Reads declarations; those that are `!important` also by themselves. */
export function parseDeclarations(style: string): { normal: Declarations; important: Declarations } {
  const normal = new Map<string, string>();
  const important = new Map<string, string>();
  for (const declaration of style.split(";")) {
    const colon = declaration.indexOf(":");
    if (colon === -1) continue;
    const said = declaration.slice(colon + 1);
    const value = said
      .replace(/!\s*important/i, "")
      .trim()
      .toLowerCase();
    const name = declaration.slice(0, colon).trim().toLowerCase();
    const declarations = value.length < said.trim().length ? important : normal;
    if (name === "font") expandFont(value, declarations);
    else if (name === "list-style") expandListStyle(value, declarations);
    else declarations.set(name, value);
  }
  return { normal, important };
}

/** `font: italic bold 10pt/1.2 Times` says weight, slant and size at once; what it leaves out it resets. */
function expandFont(value: string, declarations: Map<string, string>): void {
  const words = value.split(/[\s/]+/);
  declarations.set("font-weight", words.find((word) => /^(bold(er)?|[1-9]00)$/.test(word)) ?? "normal");
  declarations.set("font-style", words.find((word) => /^(italic|oblique)$/.test(word)) ?? "normal");
  const size = words.find((word) => points(word, 12) !== null && !/^[1-9]00$/.test(word));
  if (size !== undefined) declarations.set("font-size", size);
  const family = /(?:["']?)\b(symbol|wingdings(?: [23])?|webdings)["']?\s*(?:,|$)/.exec(value)?.[1];
  declarations.set("font-family", family ?? "serif");
}

/** `list-style: none inside` says the kind of mark, a picture for it and its place at once. */
function expandListStyle(value: string, declarations: Map<string, string>): void {
  const words = value.match(/url\([^)]*\)|"[^"]*"|'[^']*'|[^\s]+/g) ?? [];
  const image = words.find((word) => word.startsWith("url("));
  const type = words.find((word) => word !== image && word !== "inside" && word !== "outside");
  declarations.set("list-style-type", type ?? "disc");
  declarations.set("list-style-image", image ?? "none");
}

const pointsPer: Readonly<Record<string, number>> = { pt: 1, px: 0.75, in: 72, cm: 28.35, mm: 2.835, pc: 12 };

/** Answers a CSS length in points; percentages and ems are of `base` points; null if it is no length. */
export function points(value: string | undefined, base: number): number | null {
  const parts = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(pt|px|in|cm|mm|pc|em|rem|%)?$/.exec(
    value ?? "",
  );
  if (parts?.[1] === undefined) return null;
  const number = Number(parts[1]);
  const unit = parts[2];
  if (unit === "em" || unit === "rem") return number * base;
  if (unit === "%") return (number / 100) * base;
  if (unit === undefined) return number === 0 ? 0 : null;
  return number * (pointsPer[unit] ?? 1);
}
