import { registerEnumType } from "type-graphql";

/** What is known of who stands behind a change. */
export enum Standing {
  PROVEN = "PROVEN",
  RELAYED = "RELAYED",
  UNKNOWN = "UNKNOWN",
  SYSTEM = "SYSTEM",
}
registerEnumType(Standing, {
  name: "Standing",
  description:
    "PROVEN: the author's. RELAYED: brought by the carrier for someone else, which nobody proved. UNKNOWN: nobody's who could be named. SYSTEM: written by Onrecord itself.",
});
