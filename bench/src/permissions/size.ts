import { type Settings, scaled } from "../load/job.js";

/** How large the firm is, and how many of its people have a document open. */
export interface Size {
  readonly people: number;
  /** Departments of each level, from the top. */
  readonly departments: readonly number[];
  readonly roles: number;
  /** People with one open editor each. */
  readonly editors: number;
  /** People who type all the time, besides them. */
  readonly writers: number;
  readonly folders: number;
  readonly documents: number;
  /** People who are changed at once. */
  readonly imported: number;
}

/** What the goals are stated for: 20,000 people, 500 departments five deep, 2,000 open editors on 200 documents. */
export function sizeOf(settings: Pick<Settings, "scale">): Size {
  const at = (count: number, least: number) => scaled(count, settings as Settings, least);
  return {
    people: at(20_000, 60),
    departments: [at(4, 2), at(16, 4), at(60, 4), at(140, 4), at(280, 4)],
    roles: 20,
    editors: at(2000, 16),
    writers: at(8, 2),
    folders: at(5, 2),
    documents: at(200, 4),
    imported: at(5000, 30),
  };
}
