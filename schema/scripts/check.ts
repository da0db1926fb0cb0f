import { generateFiles, PUBLISHED, readCommitted } from "./files.js";
import { breakingChanges, findDrift } from "./judge.js";

// `npm run check -w @onrecord/schema`: fails when the committed contract is not the code's, or breaks the published one.
const files = await generateFiles();
const drift = await findDrift(files, readCommitted);
const published = await readCommitted(PUBLISHED);
const broken =
  published === undefined
    ? [`schema/${PUBLISHED} is missing`]
    : await breakingChanges(published, files.get("schema.graphql") ?? "");

const complaints = [
  ...(drift.length === 0
    ? []
    : [
        "The committed schema is behind the code:",
        ...indented(drift),
        "Run `npm run schema` and commit what it writes.",
      ]),
  ...(broken.length === 0
    ? []
    : [
        "These changes break clients of the published API:",
        ...indented(broken),
        "Keep what is published and deprecate it, or, when the break is meant, run `npm run publish-api -w @onrecord/schema -- --breaking`.",
      ]),
];
process.stdout.write(`${complaints.join("\n") || "The schema is what the code says, and breaks nobody."}\n`);
process.exitCode = complaints.length === 0 ? 0 : 1;

function indented(sentences: readonly string[]): string[] {
  return sentences.map((sentence) => `  ${sentence}`);
}
