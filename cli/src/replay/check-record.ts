import type { Api } from "../client/api.js";

/** A document's record: who made how many versions, and whether each has its own entry. */
export interface RecordCount {
  readonly version: number;
  /** Versions after the one counted from. */
  readonly versions: number;
  /** Versions by author's id; "" where none could be proven. */
  readonly byAuthor: Readonly<Record<string, number>>;
  /** Entries `document.edited` that belong to one of the versions, each to another, by the version's author. */
  readonly entries: number;
  /** All entries `document.edited` of the document. */
  readonly editedEntries: number;
  readonly content: string;
}

interface VersionNode {
  readonly number: number;
  readonly author: { readonly id: string } | null;
  readonly auditEntry: {
    readonly id: string;
    readonly action: string;
    readonly actor: { readonly id: string };
  };
}
interface VersionPage {
  readonly document: {
    readonly versions: {
      readonly edges: readonly { readonly node: VersionNode }[];
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
    };
  };
}

const HEAD = `query ($id: ID!) { document(id: $id) {
  version content(format: TEXT) auditTrail(first: 1, filter: { actions: ["document.edited"] }) { totalCount }
} }`;
const PAGE = `query ($id: ID!, $after: String) { document(id: $id) { versions(first: 500, after: $after) {
  edges { node { number author { id } auditEntry { id action actor { id } } } } pageInfo { hasNextPage endCursor }
} } }`;

/** Head and text of a document, and how many entries tell of its edits. */
export async function readHead(api: Api, id: string) {
  const { document } = await api.ask<{
    document: { version: number; content: string; auditTrail: { totalCount: number } };
  }>(HEAD, { id });
  return {
    version: document.version,
    content: document.content,
    editedEntries: document.auditTrail.totalCount,
  };
}

/** Reads the whole record of a document after a version, in pages, and counts it. */
export async function countRecord(
  api: Api,
  id: string,
  after: number,
  onPage: (version: number) => void = () => undefined,
): Promise<RecordCount> {
  const byAuthor: Record<string, number> = {};
  const entries = new Set<string>();
  let versions = 0;
  let cursor: string | null = null;
  for (;;) {
    const page: VersionPage = await api.ask<VersionPage>(PAGE, { id, after: cursor });
    const { edges, pageInfo } = page.document.versions;
    for (const { node } of edges) {
      if (node.number <= after) continue;
      versions++;
      const author = node.author?.id ?? "";
      byAuthor[author] = (byAuthor[author] ?? 0) + 1;
      const { id, action, actor } = node.auditEntry;
      if (action === "document.edited" && actor.id === `user:${author}`) entries.add(id);
    }
    onPage(edges.at(-1)?.node.number ?? after);
    if (!pageInfo.hasNextPage) break;
    cursor = pageInfo.endCursor;
  }
  return { ...(await readHead(api, id)), versions, byAuthor, entries: entries.size };
}
