import type { Messages } from "../../i18n/en.js";
import { personColour } from "../../ui/person-colour.js";
import type { Origin } from "./tree.js";

/** Whom a run is shown as: a person in their colour, or, without one, whoever could not be proven. */
export interface Writer {
  readonly key: string;
  readonly name: string;
  /** The name within a sentence: whoever it was, where that is not proven. */
  readonly said: string;
  readonly standing: Origin["standing"];
  /** Null for those who are no proven person. */
  readonly colour: string | null;
  /** What must be said besides the name. */
  readonly hint: string | null;
}

/** Tells an origin as it is: what is not proven is never given to somebody. */
export function writerOf({ standing, author, carrier }: Origin, { past, shell }: Messages): Writer {
  const carrierName = carrier?.name ?? past.someone;
  const unproven = { standing, colour: null };
  switch (standing) {
    case "PROVEN": {
      const sent = author !== null && carrier !== null && carrier.id !== author.id;
      const name = author?.name ?? past.unknown;
      return {
        key: author?.id ?? "?",
        name,
        said: name,
        standing,
        colour: author === null ? null : personColour(author.id),
        hint: sent ? past.sentBy(carrier.name) : null,
      };
    }
    case "RELAYED": {
      const name = past.relayed(carrierName);
      const said = past.through(carrierName);
      return { ...unproven, key: `relayed ${carrier?.id}`, name, said, hint: past.relayedHint };
    }
    case "UNKNOWN": {
      const hint = past.unknownHint(carrierName);
      const { unknown: name, someone: said } = past;
      return { ...unproven, key: `unknown ${carrier?.id}`, name, said, hint };
    }
    case "SYSTEM":
      return { ...unproven, key: "house", name: shell.product, said: shell.product, hint: past.houseHint };
  }
}

/** The writers of a list of origins, in its order. */
export function writersOf(origins: readonly Origin[], messages: Messages): Writer[] {
  return origins.map((origin) => writerOf(origin, messages));
}
