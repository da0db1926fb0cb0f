import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { findRunningPostgres } from "@onrecord/postgres/embedded/running";
import { Api, inParallel } from "./api.js";
import { startChild } from "./child.js";
import type { Server } from "./server.js";

const program = fileURLToPath(new URL("../../../cli/dist/main.js", import.meta.url));
const flagsFile = new URL("../../../cli/node-flags.txt", import.meta.url);
/** Of everybody of the demo firm. */
export const password = "onrecord-bench";
/** Who may edit its filings. */
export const analysts = [1, 2, 3].map((number) => `analyst${number}@demo.onrecord.test`);

/** What Node is told to start Onrecord, `nodeArgs` besides. */
export async function startArguments(nodeArgs: readonly string[] = []): Promise<string[]> {
  const flags = (await readFile(flagsFile, "utf8")).trim().split("\n");
  return [...flags, ...nodeArgs, program, "start"];
}

/** The product as `npm start` runs it: everything in one process, embedded Postgres with fsync on, and its record of every change. */
export const onrecord = onrecordWith("onrecord", {});

/** The same under another name, with some of its environment. */
export function onrecordWith(name: string, env: Readonly<Record<string, string>>): Server {
  return {
    name,
    about: "Onrecord: every change committed with its audit entry before it is passed on",
    wire: "y-websocket",
    async start({ dir, limits, nodeArgs }) {
      const child = await startChild("onrecord", await startArguments(nodeArgs), {
        ONRECORD_DATA: dir,
        ONRECORD_DEMO: "1",
        ONRECORD_DEMO_PASSWORD: password,
        PORT: "0",
        ...limits,
        ...env,
      });
      try {
        const api = new Api(child.url);
        const tokens: string[] = [];
        for (const email of analysts) tokens.push(await api.signIn(email, password));
        const [first] = tokens;
        return {
          target: {
            wire: "y-websocket",
            url: `${child.url.replace(/^http/, "ws")}/collab`,
            pid: child.pid,
            tokens,
            stateDir: undefined,
            database: (await findRunningPostgres(dir))?.adminUrl,
          },
          createDocuments: async (count) => {
            const folderId = await api.editableFolder(first!);
            return inParallel(count, (index) =>
              api.createDocument(first!, folderId, `Benchmark ${index + 1}`),
            );
          },
          ended: () => child.ended(),
          [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
        };
      } catch (error) {
        await child[Symbol.asyncDispose]();
        throw error;
      }
    },
  };
}
