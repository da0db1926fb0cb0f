import type { Span } from "@onrecord/telemetry/trace/span";
import type { Arrival } from "./intake.js";

/** Tells what became of a change, and ends its span where that is all that will: what was applied ends with its commit. */
export function endingUnlessApplied(span: Span, tell: Arrival["tell"]): Arrival["tell"] {
  return (reception) => {
    if (reception.outcome !== "applied") {
      span.set({ "onrecord.reception": reception.outcome });
      if (reception.outcome === "refused") span.fail(String(reception.code));
      span.end();
    }
    tell(reception);
  };
}
