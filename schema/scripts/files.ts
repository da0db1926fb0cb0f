import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { composeContract, type Files } from "./contract.js";
import { subgraphSdls } from "./subgraphs.js";
import { type OperationsFile, typedDocuments } from "./typed-documents.js";

const root = new URL("../", import.meta.url);
/** What integrators build on. */
export const PUBLISHED = "published.graphql";

/** Everything that is generated, as the code stands. */
export async function generateFiles(): Promise<Files> {
  const contract = composeContract(subgraphSdls());
  const generated = await typedDocuments(contract.get("schema.graphql") ?? "", await operations());
  return new Map([...contract, ["src/generated.ts", generated]]);
}

/** The text of a file below `schema/`, undefined when there is none. */
export async function readCommitted(path: string): Promise<string | undefined> {
  return readFile(new URL(path, root), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}

export async function write(files: Files): Promise<void> {
  for (const [path, text] of files) {
    const to = new URL(path, root);
    await mkdir(new URL(".", to), { recursive: true });
    if ((await readCommitted(path)) !== text) await writeFile(to, text);
  }
}

async function operations(): Promise<OperationsFile[]> {
  const names = (await readdir(new URL("operations/", root)))
    .filter((name) => name.endsWith(".graphql"))
    .sort();
  return Promise.all(
    names.map(async (name) => {
      const path = `operations/${name}`;
      return { path, text: await readFile(new URL(path, root), "utf8") };
    }),
  );
}
