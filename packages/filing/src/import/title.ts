import { type Block, runsToText, type TextBlock } from "./blocks.js";

const longest = 200;
const firstPage = 25;
/** What converters write where a title belongs: a file name, a job number, a word that fits every document. */
const machineMade =
  /\.(?:html?|docx?|pdf|txt)\b|^(?:document|untitled|html document)?$|\b[a-z]{2}\d{5,}|_\d|- none -/i;

/**
 * Answers what to call the filing: the page's own title if a person wrote it, else a heading on its first page that
 * reads like a name, else null. A cover also has dates and numbers of shares in large type; better no name than those.
 */
export function titleOf(title: string | null, blocks: readonly Block[]): string | null {
  const own = title?.replace(/\s+/g, " ").trim() ?? "";
  if (own !== "" && !machineMade.test(own)) return own.slice(0, longest).toWellFormed();
  const names = blocks
    .slice(0, firstPage)
    .filter((block): block is TextBlock => block.kind === "text" && block.level !== null)
    .map(({ level, runs }) => ({ level: level ?? 6, name: runsToText(runs).replace(/\s+/g, " ").trim() }))
    .filter(({ name }) => name.split(" ").length >= 3 && !/\d|^table of contents$/i.test(name));
  const highest = Math.min(...names.map(({ level }) => level));
  return (
    names
      .find(({ level }) => level === highest)
      ?.name.slice(0, longest)
      .toWellFormed() ?? null
  );
}
