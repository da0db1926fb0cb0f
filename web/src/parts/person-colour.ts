/** Colours for people: dark enough for white letters in both schemes, apart enough to tell twelve colleagues apart. */
const palette = [
  "#1f5f99",
  "#a3412a",
  "#2c6e49",
  "#7a3e8e",
  "#8a5a00",
  "#0f6b74",
  "#b0305c",
  "#4a55a8",
  "#5b6b1e",
  "#94400f",
  "#39607a",
  "#7d3f52",
] as const;

/** The same person has the same colour on every screen. */
export function personColour(id: string): string {
  let hash = 2_166_136_261;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 16_777_619);
  // FNV's low bits alone are too regular for ids that differ in one character.
  return palette[((hash ^ (hash >>> 15)) >>> 0) % palette.length] ?? palette[0];
}

/** One or two letters that stand for a name: initials, or the last two characters of a Chinese name. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u);
  const [first = "?"] = words;
  if (/^\p{Script=Han}+$/u.test(first)) return [...first].slice(-2).join("");
  const last = words.length > 1 ? words[words.length - 1] : "";
  return `${[...first][0] ?? "?"}${[...(last ?? "")][0] ?? ""}`.toUpperCase();
}
