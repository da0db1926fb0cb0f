/** The text of a web page's bytes: UTF-8 where they are that, else Windows-1252, which is what browsers take old pages for. */
export function decodePage(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}
