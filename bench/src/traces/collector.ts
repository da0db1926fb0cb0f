import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Takes whatever spans it is sent, in this process, and counts the requests. */
export interface Collector extends AsyncDisposable {
  readonly url: string;
  requests(): number;
}

export async function startCollector(): Promise<Collector> {
  let requests = 0;
  const server = createServer((request, response) => {
    request.resume().once("end", () => {
      requests++;
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
