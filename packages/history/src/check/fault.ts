/** Something that does not agree with something else in a database. */
export interface Fault {
  /** What it is about: a document, an entry, or a part of the whole. */
  readonly subject: "document" | "entry" | "record" | "rights" | "rules";
  /** Of the document or the entry; null for a whole. */
  readonly id: string | null;
  /** A sentence. */
  readonly text: string;
}

/** A question to the database that answers with what is wrong: rows of `id` and `text`. */
export interface Question {
  readonly subject: Fault["subject"];
  readonly sql: string;
}
