import { generateFiles, PUBLISHED, readCommitted, write } from "./files.js";
import { breakingChanges } from "./judge.js";

// `npm run publish-api -w @onrecord/schema`: what the API is now becomes what integrators build on. A break needs `--breaking`.
const current = (await generateFiles()).get("schema.graphql") ?? "";
const published = await readCommitted(PUBLISHED);
const broken = published === undefined ? [] : await breakingChanges(published, current);
if (broken.length > 0 && !process.argv.includes("--breaking")) {
  process.stdout.write(
    `Not published, since this breaks clients:\n${broken.map((sentence) => `  ${sentence}\n`).join("")}`,
  );
  process.exitCode = 1;
} else {
  await write(new Map([[PUBLISHED, current]]));
  process.stdout.write("The API is published.\n");
}
