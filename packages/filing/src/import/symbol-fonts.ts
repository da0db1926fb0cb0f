/** Fonts whose letters are drawn as signs. */
export type SymbolFont = "symbol" | "wingdings" | "wingdings 2" | "wingdings 3" | "webdings";

const fonts: Readonly<Record<SymbolFont, Readonly<Record<string, string>>>> = {
  symbol: {
    ...row("A", "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ"),
    ...row("a", "αβχδεφγηιϕκλμνοπθρστυϖωξψζ"),
    ...row('"', "∀"),
    ...row("$", "∃"),
    ...row("'", "∋"),
    ...row("*", "∗"),
    ...row("-", "−"),
    ...row("@", "≅"),
    ...row("\\", "∴"),
    ...row("^", "⊥"),
    ...row("~", "∼"),
    ...row("¡", "ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…"),
    ...row("¿", "↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊"),
    ...row("å", "∑"),
    ...row("ñ", "〉∫"),
  },
  wingdings: {
    ...row("J", "☺😐☹"),
    ...row("l", "●❍■□☐❑❒⬧⧫◆❖⬥☒⮹⌘"),
    ...row("Ÿ", "•▪○"),
    ...row("¡", "○"),
    ...row("§", "▪☐"),
    ...row("«", "★✶✴✹✵"),
    ...row("Ø", "➢"),
    ...row("ß", "←→↑↓↖↗↙↘"),
    ...row("à", "→"),
    ...row("è", "➔"),
    ...row("ï", "⇦⇨⇧⇩⬄⇳"),
    ...row("û", "✗✓☒☑"),
    ...row("o", "☐"),
    ...row("q", "☐"),
    ...row("\u0080", "⓪①②③④⑤⑥⑦⑧⑨⑩⓿❶❷❸❹❺❻❼❽❾❿"),
    ...row(")", "✆☎"),
    ...row("*", "✉"),
    ...row("!", "✏✂"),
    ...row("F", "☞"),
  },
  "wingdings 2": {
    ...row("O", "✗✓☒☑☒☒"),
    ...row("£", "☐"),
    ...row("*", "☐"),
    ...row("—", "●"),
    ...row("\u0097", "●"),
    ...row("¡", "□"),
    ...row("¢", "■"),
  },
  "wingdings 3": {
    ...row("!", "→"),
    ...row("f", "←→↑↓"),
    ...row("p", "▲▼△▽◀▶◁▷"),
    ...row("}", "▶"),
    ...row("|", "◀"),
  },
  webdings: {
    ...row("3", "◀▶▲▼"),
    ...row("a", "✓"),
    ...row("c", "□"),
    ...row("g", "■"),
    ...row("n", "●"),
    ...row("r", "✗"),
  },
};

const families = new Set<string>(Object.keys(fonts));

/** The font that a list of families asks for first, if it is one whose letters are signs; null for any other. */
export function symbolFontOf(list: string): SymbolFont | null {
  const first = list.split(",")[0]?.replace(/["']/g, "").trim().toLowerCase() ?? "";
  return families.has(first) ? (first as SymbolFont) : null;
}

/** The signs that a reader sees for letters of such a font; a letter that has none stays, as does one that is a sign already. */
export function inSymbols(text: string, font: SymbolFont): string {
  const signs = fonts[font];
  return text.replace(/[!-ÿ‘-‡•€Ÿ\uf020-\uf0ff]/g, (letter) => {
    const code = letter.charCodeAt(0);
    const plain = code >= 0xf000 ? String.fromCharCode(code - 0xf000) : letter;
    return signs[plain] ?? letter;
  });
}

/** Signs for letters that follow each other. */
function row(first: string, signs: string): Record<string, string> {
  const from = first.charCodeAt(0);
  return Object.fromEntries([...signs].map((sign, index) => [String.fromCharCode(from + index), sign]));
}
