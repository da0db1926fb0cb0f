import type { DocumentPageQuery } from "@onrecord/schema/generated";

/** The document of a page. */
export type OpenDocument = NonNullable<DocumentPageQuery["document"]>;
