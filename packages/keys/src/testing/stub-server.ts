import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it came. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** What a stub answers: a status and JSON, or other text; "silent": nothing, ever; "cut": the connection ends. */
export type StubAnswer =
  | { readonly status: number; readonly json?: unknown; readonly text?: string }
  | "silent"
  | "cut";

/** A server on a free port of this machine that answers as a service of others does. */
export interface StubServer extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly Received[];
}

export async function startStub(answer: (request: Received) => StubAnswer): Promise<StubServer> {
  const requests: Received[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const { method = "", url: path = "", headers } = request;
    const received = { method, path, headers, body };
    requests.push(received);
    const said = answer(received);
    if (said === "silent") return;
    if (said === "cut") return void request.socket.destroy();
    response.writeHead(said.status, { "content-type": "application/json" });
    response.end(said.json === undefined ? said.text : JSON.stringify(said.json));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
