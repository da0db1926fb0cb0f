import { readFileSync } from "node:fs";

/** Answers the HTML of the sample filing: a listed issuer's draft announcement, all of it invented. */
export function sampleFilingHtml(): string {
  // One level above both `src` and `dist`.
  return readFileSync(new URL("../samples/project-harbour.html", import.meta.url), "utf8");
}
