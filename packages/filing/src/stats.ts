import type { Node } from "@tiptap/pm/model";

/** How much a filing holds. */
export interface FilingStats {
  readonly nodes: number;
  readonly headings: number;
  readonly paragraphs: number;
  readonly tables: number;
  readonly listItems: number;
  /** Stretches of linked text. */
  readonly links: number;
  readonly characters: number;
}

/** Counts what a filing holds. */
export function statsOf(filing: Node): FilingStats {
  const counts = { nodes: 0, headings: 0, paragraphs: 0, tables: 0, listItems: 0, links: 0, characters: 0 };
  let linked: string | null = null;
  filing.descendants((node) => {
    counts.nodes += 1;
    if (!node.isText) linked = null;
    switch (node.type.name) {
      case "heading":
        counts.headings += 1;
        break;
      case "paragraph":
        counts.paragraphs += 1;
        break;
      case "table":
        counts.tables += 1;
        break;
      case "listItem":
        counts.listItems += 1;
        break;
      case "text": {
        counts.characters += node.nodeSize;
        const link: unknown = node.marks.find(({ type }) => type.name === "link")?.attrs.href;
        const href = typeof link === "string" ? link : null;
        if (href !== null && href !== linked) counts.links += 1;
        linked = href;
        break;
      }
    }
  });
  return counts;
}
