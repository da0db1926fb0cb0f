import type { Rule } from "./rule.js";

/** Somebody destroyed a document for ever: nobody should learn of it later than at once. */
export const documentShredded: Rule = {
  id: "document-shredded",
  severity: "HIGH",
  actions: ["document.shredded"],
  matches: () => true,
};
