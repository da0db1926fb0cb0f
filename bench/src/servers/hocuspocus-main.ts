import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Server } from "@hocuspocus/server";
import { stateFile } from "./state-file.js";

const [stateDir] = process.argv.slice(2);

const server = new Server({
  address: "127.0.0.1",
  port: 0,
  quiet: true,
  // The hook costs something even when it finds nothing: only where a workload needs it.
  ...(stateDir === undefined
    ? {}
    : {
        onLoadDocument: async ({ documentName }) => {
          const path = join(stateDir, stateFile(documentName));
          return existsSync(path) ? await readFile(path) : undefined;
        },
      }),
});
await server.listen();
process.stdout.write(`Hocuspocus is ready at http://127.0.0.1:${server.address.port}\n`);
