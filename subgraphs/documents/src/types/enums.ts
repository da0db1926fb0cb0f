import { registerEnumType } from "type-graphql";

/** What a document is. */
export enum DocumentKind {
  FILING = "FILING",
  TEXT = "TEXT",
}
registerEnumType(DocumentKind, {
  name: "DocumentKind",
  description: "A rich-text filing, or plain text.",
});

/** How content is written out. */
export enum ContentFormat {
  TEXT = "TEXT",
  HTML = "HTML",
  JSON = "JSON",
}
registerEnumType(ContentFormat, {
  name: "ContentFormat",
  description: "Readable text, a fragment of HTML, or JSON.",
});
