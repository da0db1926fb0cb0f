import { readFile } from "node:fs/promises";
import { basename, extname } from "node:path";
import { AppError } from "@onrecord/core/errors";
import { decodePage } from "@onrecord/filing/decode-page";
import { type ImportedFiling, importHtml } from "@onrecord/filing/import-html";
import { Api, checkAlive } from "../client/api.js";
import { firstEditableFolder } from "../client/editable-folder.js";
import { ownUrl } from "../client/own-url.js";
import { makeTokens } from "../client/tokens.js";
import { readEnvironment } from "../env.js";
import { print, printJson, tell } from "../output.js";

/** What `onrecord import` is told besides the file. */
export interface ImportOptions {
  readonly as: string;
  readonly folder?: string;
  readonly title?: string;
  readonly url?: string;
  readonly json?: boolean;
}

const IMPORT =
  "mutation ($input: ImportDocumentInput!) { importDocument(input: $input) { id title version } }";

/** `onrecord import <file>`: makes a filing of a web page, through the API like anybody else. */
export async function importFile(path: string, options: ImportOptions): Promise<void> {
  const html = decodePage(await readSource(path));
  // The same reading as the server's: what it leaves out is told here, and what is no page is refused before it travels.
  const { losses } = importHtml(html);
  const url = options.url ?? ownUrl(readEnvironment().config);
  await checkAlive(url);
  const [token] = await makeTokens([options.as]);
  const api = new Api(url, token);
  const folderId = options.folder ?? (await firstEditableFolder(api));
  tell(`Importing ${basename(path)} (${(Buffer.byteLength(html) / 1e6).toFixed(2)} MB) …`);
  const started = performance.now();
  const { importDocument: document } = await api.ask<{
    importDocument: { id: string; title: string; version: number };
  }>(IMPORT, { input: { folderId, html, title: options.title, fileName: basename(path, extname(path)) } });
  const seconds = (performance.now() - started) / 1000;
  tell(`Imported “${document.title}” in ${seconds.toFixed(1)} s.`);
  for (const loss of losses) tell(sentenceOf(loss));
  if (options.json) printJson({ ...document, folderId, seconds, losses });
  else print(document.id);
}

/** One thing that the filing does not have, as a line to read. */
function sentenceOf({ kind, count, place, before, what }: ImportedFiling["losses"][number]): string {
  const named = what === "" ? "" : ` (${what})`;
  const where = before === "" ? "at the beginning" : `after paragraph ${place}, “…${before}”`;
  return `Not in the filing: ${count} × ${kind}${named}, ${where}.`;
}

async function readSource(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new AppError(
      "BAD_USER_INPUT",
      `${path} cannot be read (${(cause as NodeJS.ErrnoException).code}).`,
      { cause },
    );
  }
}
