import type { Rule } from "./rule.js";

/** Somebody tried to take a document out and was stopped. */
export const downloadRefused: Rule = {
  id: "download-refused",
  severity: "HIGH",
  actions: ["document.download-refused"],
  matches: () => true,
};

/** Somebody tried to change a document and was stopped. */
export const editRefused: Rule = {
  id: "edit-refused",
  severity: "MEDIUM",
  actions: ["document.edit-refused"],
  matches: () => true,
};
