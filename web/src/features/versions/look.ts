/** Where in a document's history the page looks: nowhere (the live document), at a version, its authors, or between two. */
export type Look =
  | { readonly kind: "live" }
  | { readonly kind: "text"; readonly version: number }
  | { readonly kind: "authors"; readonly version: number }
  | { readonly kind: "changes"; readonly from: number; readonly to: number };

/** What an address asks for; what no version can be called is the live document. */
export function lookIn(search: URLSearchParams): Look {
  const version = numberIn(search, "version");
  const from = numberIn(search, "from");
  if (version === null || version === 0) return { kind: "live" };
  if (from !== null && from < version) return { kind: "changes", from, to: version };
  return { kind: search.get("view") === "authors" ? "authors" : "text", version };
}

/** The address of a look, relative to the document's. */
export function addressOf(look: Look): string {
  switch (look.kind) {
    case "live":
      return "?";
    case "text":
      return `?version=${look.version}`;
    case "authors":
      return `?version=${look.version}&view=authors`;
    case "changes":
      return `?version=${look.to}&from=${look.from}`;
  }
}

/** The version that a look is at, the newer one of two; null for the live document. */
export function versionOf(look: Look): number | null {
  if (look.kind === "live") return null;
  return look.kind === "changes" ? look.to : look.version;
}

function numberIn(search: URLSearchParams, name: string): number | null {
  const asked = search.get(name);
  return asked !== null && /^(0|[1-9]\d{0,9})$/.test(asked) ? Number(asked) : null;
}
