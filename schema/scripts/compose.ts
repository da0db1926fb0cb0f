import { mkdir, writeFile } from "node:fs/promises";
import { contractOfCode } from "./contract.js";

const root = new URL("../", import.meta.url);

await mkdir(new URL("subgraphs/", root), { recursive: true });
for (const [path, text] of contractOfCode()) await writeFile(new URL(path, root), text);
