import { generateFiles, PUBLISHED, readCommitted, write } from "./files.js";

// `npm run compose -w @onrecord/schema`: writes the contract and the typed documents from the code.
const files = await generateFiles();
await write(files);
// The very first contract is the one that everybody builds on; from then on only `publish-api` moves it.
if ((await readCommitted(PUBLISHED)) === undefined) {
  await write(new Map([[PUBLISHED, files.get("schema.graphql") ?? ""]]));
}
