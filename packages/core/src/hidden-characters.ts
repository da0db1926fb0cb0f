/**
 * What a text may hold that nobody sees, or that makes others see something else than what is there. Names are read by other people than
 * those who gave them: in lists, on the record, in mails.
 */
export interface HiddenCharacter {
  /** As in `U+202E`. */
  readonly code: string;
  /** What it is, to follow "has the character U+202E, ". */
  readonly what: string;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/u;
const LINE_END = /[\u2028\u2029]/u;
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
/** Blank, although Unicode calls them letters or signs. */
const FILLER = /[\u115f\u1160\u2800\u3164\uffa0]/u;
/** Drawn by no font, or by each as it likes. */
const UNASSIGNED = /[\p{Co}\p{Noncharacter_Code_Point}]/u;
/** Format characters that are seen where they belong: numbers and verses are written around in Arabic script, and the like. */
const SEEN = /[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]/u;
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/u;

/** Scripts whose letters are joined, or kept from it, by a character that is not seen. */
const joining = "Arab Syrc Nko Mong Deva Beng Guru Gujr Orya Taml Telu Knda Mlym Sinh Khmr Mymr Tibt"
  .split(" ")
  .map((script) => `\\p{scx=${script}}`)
  .join("");

/** Invisible characters that belong to their neighbours: in those scripts, in emoji, in names written in Han or Mongolian. */
const JOINED = new RegExp(
  [
    String.raw`(?<=\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f|[${joining}])[\u200c\u200d](?=[\p{L}\p{M}\p{Extended_Pictographic}])`,
    String.raw`(?<=\p{Extended_Pictographic})[\ufe0e\ufe0f]`,
    String.raw`(?<=[0-9#*])\ufe0f(?=\u20e3)`,
    String.raw`(?<=\p{Script=Han})[\ufe00-\ufe02\u{e0100}-\u{e01ef}]`,
    String.raw`(?<=\p{Script=Mongolian})[\u180b-\u180d\u180f]`,
    String.raw`${SEEN.source}(?=\p{Nd}|(?=\p{L})[\p{scx=Arab}\p{scx=Syrc}\p{scx=Kthi}])`,
    String.raw`(?<=(?=[\p{L}\p{M}])[\p{scx=Arab}\p{scx=Syrc}] ?)${SEEN.source}`,
  ].join("|"),
  "uy",
);

/** Every character that is hidden, one by one; what belongs to its neighbours is not. */
const HIDDEN = new RegExp(
  [CONTROL, LINE_END, BIDI, FILLER, UNASSIGNED, INVISIBLE].map(({ source }) => source).join("|"),
  "gu",
);

const known: Readonly<Record<string, string>> = {
  "\u00ad": "a soft hyphen",
  "\u061c": "the Arabic letter mark",
  "\u200b": "a space without width",
  "\u200c": "a non-joiner without width",
  "\u200d": "a joiner without width",
  "\u200e": "the left-to-right mark",
  "\u200f": "the right-to-left mark",
  "\u2028": "a line separator",
  "\u2029": "a paragraph separator",
  "\u202a": "the left-to-right embedding",
  "\u202b": "the right-to-left embedding",
  "\u202c": "the end of a direction",
  "\u202d": "the left-to-right override",
  "\u202e": "the right-to-left override",
  "\u2060": "a word joiner",
  "\u2066": "the left-to-right isolate",
  "\u2067": "the right-to-left isolate",
  "\u2068": "the first-strong isolate",
  "\u2069": "the end of an isolate",
  "\ufeff": "a byte order mark",
};

/** The first character of a text that is hidden; null: all can be seen. */
export function hiddenIn(text: string): HiddenCharacter | null {
  for (const { 0: character, index } of text.matchAll(HIDDEN))
    if (!belongs(text, index)) return { code: codeOf(character), what: whatIs(character) };
  return null;
}

/** A text to be shown, with each hidden character as its code: nothing of it is lost, and nothing of it has an effect. */
export function visible(text: string): string {
  return text.replace(HIDDEN, (character: string, index: number) =>
    belongs(text, index) ? character : `[${codeOf(character)}]`,
  );
}

/** A text without hidden characters. Those that end a line or tell words apart leave a space. */
export function withoutHidden(text: string): string {
  return text.replace(HIDDEN, (character: string, index: number) => {
    if (belongs(text, index)) return character;
    return CONTROL.test(character) || LINE_END.test(character) || FILLER.test(character) ? " " : "";
  });
}

/** Whether a character that is invisible by itself is part of what it stands behind. */
function belongs(text: string, index: number): boolean {
  JOINED.lastIndex = index;
  return JOINED.test(text);
}

function codeOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

function whatIs(character: string): string {
  const name = known[character];
  if (name !== undefined) return name;
  if (CONTROL.test(character)) return "a control character";
  if (UNASSIGNED.test(character)) return "a character without a meaning that all share";
  return FILLER.test(character) ? "a blank that counts as a letter" : "a character that cannot be seen";
}
