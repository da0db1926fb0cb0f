import { createContext, useContext } from "react";
import type { Messages } from "../../i18n/en.js";
import type { Format } from "../../i18n/format.js";
import type { Stamp } from "./tree.js";
import type { Writer } from "./writer.js";

/** What the runs on a page are to tell: their changes, or their authors. */
export interface Telling {
  readonly mode: "changes" | "authors";
  /** By the index that stamps name. */
  readonly writers: readonly Writer[];
}

const TellingContext = createContext<Telling>({ mode: "changes", writers: [] });

export const TellingProvider = TellingContext.Provider;

/** What the runs of this page tell. */
export function useTelling(): Telling {
  return useContext(TellingContext);
}

/** When and in which versions something was done. */
export function whenOf({ versions: [first, last], at }: Stamp, format: Format, messages: Messages): string {
  const [since, until] = at.map((moment) => format.moment(moment)) as [string, string];
  const when = since === until ? since : messages.past.between(since, until);
  const which =
    first === last
      ? messages.versions.version(format.number(first))
      : messages.versions.run(format.number(first), format.number(last));
  return `${when} · ${which}`;
}
