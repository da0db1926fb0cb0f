import type { Node } from "@tiptap/pm/model";
import { decodePage } from "./decode-page.js";
import { fitDocument } from "./fit.js";
import { fragmentUpdateOf } from "./fragment-update.js";
import { isAsciiFiling, readAsciiFiling, withoutAsciiTables } from "./import/ascii-filing.js";
import { type Block, runsToText } from "./import/blocks.js";
import { findHeadings } from "./import/find-headings.js";
import { type Loss, Losses } from "./import/losses.js";
import { parseSource } from "./import/parse-source.js";
import { findPlaces } from "./import/places.js";
import { hasMarkup, readPlainText } from "./import/plain-text.js";
import { type ReadPage, readBlocks } from "./import/read-blocks.js";
import { refuseSource } from "./import/refuse-source.js";
import { tidyBlocks } from "./import/tidy-blocks.js";
import { titleOf } from "./import/title.js";
import { toNodes } from "./import/to-nodes.js";
import { unwrapEdgar } from "./import/unwrap-edgar.js";
import { fromXhtml } from "./import/xhtml.js";
import { ImportError } from "./import-error.js";
import { isMhtml } from "./mhtml.js";
import { type FilingStats, statsOf } from "./stats.js";

/** The longest page that is read, in UTF-16 code units; the longest annual reports on EDGAR are about half of it. */
export const longestPage = 64 * 1024 * 1024;

/** How an import runs. */
export interface ImportOptions {
  /** The Yjs client in whose name the content is written; a random one if absent. */
  readonly clientId?: number;
  /** Told now and then how much is done, from 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
}

/** A page that became a filing. */
export interface ImportedFiling {
  /** A Yjs v1 update that creates the fragment `default` in an empty document. */
  readonly fragmentUpdate: Uint8Array;
  /** The page's own title, else its first heading, else null. */
  readonly title: string | null;
  readonly stats: FilingStats;
  /** What of the page is not in the filing, in its order; empty where nothing was lost. */
  readonly losses: readonly Loss[];
}

/**
 * Makes a filing of a web page: of one written by hand as well as of what EDGAR delivers.
 * @throws ImportError when there is nothing to import or the page cannot be understood
 */
export function importHtml(html: string, options: ImportOptions = {}): ImportedFiling {
  const { document, title, losses } = htmlToFiling(html, options.onProgress);
  const fragmentUpdate = fragmentUpdateOf(document, options.clientId);
  options.onProgress?.(1);
  return { fragmentUpdate, title, stats: statsOf(document), losses };
}

/**
 * Makes of a web page the ProseMirror document of a filing.
 * @throws ImportError when there is nothing to import or the page cannot be understood
 */
export function htmlToFiling(
  html: string,
  onProgress: (fraction: number) => void = () => {},
): { document: Node; title: string | null; losses: readonly Loss[] } {
  const page = readPage(html, onProgress);
  const blocks = findHeadings(tidyBlocks(page.blocks));
  onProgress(0.5);
  const document = fitDocument(toNodes(blocks, findPlaces(blocks)));
  refuseNothing(document);
  onProgress(0.6);
  return { document, title: titleOf(page.title, blocks), losses: page.losses.all };
}

/**
 * Reads what a page says, before anything is made of it.
 * @throws ImportError when this is no page, or one that cannot be understood
 */
export function readPage(html: string, onProgress: (fraction: number) => void = () => {}): ReadPage {
  refuseSource(html, longestPage);
  // Half a surrogate pair would not survive the way through Yjs, which writes UTF-8.
  const { page: source, leftOut } = unwrapEdgar(withoutMhtml(html.toWellFormed()));
  const page = readUnwrapped(source, onProgress);
  for (const type of leftOut) page.losses.add("exhibit", type);
  return page;
}

function readUnwrapped(source: string, onProgress: (fraction: number) => void): ReadPage {
  if (!hasMarkup(source)) return withoutLosses(readPlainText(source));
  if (isAsciiFiling(source)) return withoutLosses(readAsciiFiling(source));
  const parsed = parseSource(fromXhtml(withoutAsciiTables(source)));
  onProgress(0.3);
  return readBlocks(parsed);
}

/** Plain text comes in whole, but for letters that were damaged before. */
function withoutLosses(blocks: Block[]): ReadPage {
  let place = 0;
  const losses = new Losses(() => place);
  for (const block of blocks) {
    if (block.kind === "text") losses.passed(runsToText(block.runs));
    else if (block.kind === "code") losses.passed(block.text);
    place += 1;
  }
  return { blocks, title: null, losses };
}

/** A page saved with its parts in one file may come as text, too: what it says of its encoding is still in it. */
function withoutMhtml(source: string): string {
  return isMhtml(source.slice(0, 16_384)) ? decodePage(new TextEncoder().encode(source)) : source;
}

/** A filing of nothing would be told as a success, and nobody would look for what the page had. */
function refuseNothing(document: Node): void {
  if (document.textContent.trim() !== "") return;
  throw new ImportError(
    "Nothing of this page can be read: it shows no text. It may be pictures only, or be drawn by a script; save it again from where it was written.",
  );
}
