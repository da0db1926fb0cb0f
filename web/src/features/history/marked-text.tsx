import { safeHref } from "@onrecord/filing/safe-href";
import type { ReactNode } from "react";
import type { TextPiece } from "./tree.js";

const tags = {
  code: "code",
  superscript: "sup",
  subscript: "sub",
  strike: "s",
  underline: "u",
  italic: "em",
  bold: "strong",
} as const;

/** A run of text in its formatting. Foreign marks are not shown, and links only where a filing may have them. */
export function MarkedText({ text, format = {} }: Pick<TextPiece, "text" | "format">) {
  const marks = new Map(Object.entries(format).map(([name, value]) => [markName(name), value]));
  let content: ReactNode = text;
  for (const [mark, Tag] of Object.entries(tags)) if (marks.has(mark)) content = <Tag>{content}</Tag>;
  const link = marks.get("link");
  const href = typeof link === "object" && link !== null && "href" in link ? safeHref(link.href) : null;
  return href === null ? (
    content
  ) : (
    <a href={href} rel="noopener noreferrer nofollow">
      {content}
    </a>
  );
}

/** Marks that may overlap themselves are kept under `name--hash`. */
export function markName(key: string): string {
  return key.replace(/--[\w+/=]{8}$/, "");
}
