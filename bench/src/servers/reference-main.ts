import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ReferenceServer } from "./reference-server.js";

const [stateDir] = process.argv.slice(2);

const http = createServer((_, response) => response.end("ok"));
new ReferenceServer(http, stateDir);
http.listen(0, "127.0.0.1", () => {
  const { port } = http.address() as AddressInfo;
  process.stdout.write(`The reference server is ready at http://127.0.0.1:${port}\n`);
});
process.on("SIGTERM", () => process.exit(0));
