/** Colours for people: dark enough for white letters in both schemes, and far enough apart to tell eleven colleagues by. */
const palette = [
  "#1f66b3",
  "#b45309",
  "#23783f",
  "#7c3aa8",
  "#0b7480",
  "#be2f6e",
  "#4f4fc0",
  "#6b6f12",
  "#b3402e",
  "#85552b",
  "#8f3b57",
] as const;

const given = new Map<string, number>();

/**
 * A person's colour: the same at every visit and on every screen, unless it is taken there by a colleague seen earlier, who keeps
 * it. So two people share one only on a screen that shows more people than there are colours.
 */
export function personColour(id: string): string {
  let place = given.get(id);
  if (place === undefined) {
    place = freeFrom(hash(id) % palette.length);
    given.set(id, place);
  }
  return palette[place] ?? palette[0];
}

/** The n-th colour, for a list of strangers who are not to take colours from colleagues. */
export function nthColour(n: number): string {
  return palette[n % palette.length] ?? palette[0];
}

function freeFrom(wanted: number): number {
  const taken = new Set(given.values());
  for (let step = 0; step < palette.length; step++) {
    const place = (wanted + step) % palette.length;
    if (!taken.has(place)) return place;
  }
  return wanted;
}

function hash(id: string): number {
  let bits = 2_166_136_261;
  for (let i = 0; i < id.length; i++) bits = Math.imul(bits ^ id.charCodeAt(i), 16_777_619);
  // FNV's low bits alone are too regular for ids that differ in one character.
  return (bits ^ (bits >>> 15)) >>> 0;
}

/** One or two letters that stand for a name: initials, or the last two characters of a Chinese name. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u);
  const [first = "?"] = words;
  if (/^\p{Script=Han}+$/u.test(first)) return [...first].slice(-2).join("");
  const last = words.length > 1 ? words[words.length - 1] : "";
  return `${[...first][0] ?? "?"}${[...(last ?? "")][0] ?? ""}`.toUpperCase();
}
