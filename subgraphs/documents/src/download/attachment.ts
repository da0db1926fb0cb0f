import type { ContentFormat } from "@onrecord/filing/content";

const extensions: Record<ContentFormat, string> = { TEXT: "txt", HTML: "html", JSON: "json" };
const types: Record<ContentFormat, string> = {
  TEXT: "text/plain; charset=utf-8",
  HTML: "text/html; charset=utf-8",
  JSON: "application/json; charset=utf-8",
};

/** What no file name may hold: path and drive separators, shell and header syntax, controls, and the invisible signs that fake an extension. */
const unsafe = /[\\/:*?"<>|%;\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]+/gu;
const LONGEST = 120;

/** A file name made of a document's title: harmless on any system. */
export function fileName(title: string, version: number, format: ContentFormat): string {
  const stem = title
    .replace(unsafe, " ")
    .replace(/\s+/g, " ")
    // A leading dot hides a file, a trailing one is lost on Windows.
    .replace(/^[. ]+|[. ]+$/g, "");
  const short = [...stem].slice(0, LONGEST).join("").trim() || "document";
  return `${short} v${version}.${extensions[format]}`;
}

/** RFC 6266: the name in ASCII for old clients, and exactly, as RFC 8187 writes it. */
export function contentDisposition(name: string): string {
  const ascii = name.normalize("NFKD").replace(/[^\x20-\x7e]/g, "_");
  const exact = encodeURIComponent(name).replace(
    /['()*!]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${exact}`;
}

/** The headers of a copy that goes out: no cache keeps it, no browser runs it or guesses what it is. */
export function attachmentHeaders(name: string, format: ContentFormat, bytes: number) {
  return {
    "content-type": types[format],
    "content-length": bytes,
    "content-disposition": contentDisposition(name),
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
  };
}
