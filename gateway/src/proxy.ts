import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { pipeline } from "node:stream";
import type { RequestHandler, UpgradeHandler } from "@onrecord/http/http-server";

const requestTo = (target: URL) => (target.protocol === "https:" ? httpsRequest : httpRequest);

/** The headers to send on: where the request really came from, and its id. */
function forwarded(request: IncomingMessage, requestId: string) {
  const peer = request.socket.remoteAddress ?? "";
  const before = request.headers["x-forwarded-for"];
  return {
    ...request.headers,
    "x-request-id": requestId,
    "x-forwarded-for": before ? `${String(before)}, ${peer}` : peer,
  };
}

/** Sends a path's requests on to a service in another process. */
export function proxyTo(target: URL): RequestHandler {
  return (request, response, info) =>
    new Promise((resolve) => {
      const upstream = requestTo(target)(
        target,
        { method: request.method, path: request.url, headers: forwarded(request, info.id) },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          // An answer that breaks off must break off for the reader too: its end would say that it is whole.
          pipeline(answer, response, () => resolve());
        },
      );
      upstream.once("error", () => {
        if (!response.headersSent && !response.destroyed) {
          response
            .writeHead(502, { "content-type": "text/plain" })
            .end("the service behind this http does not answer\n");
        }
        resolve();
      });
      response.once("close", () => upstream.destroy());
      pipeline(request, upstream, () => undefined);
    });
}

/** Sends a path's WebSockets on: after the upgrade both sides are plain streams. */
export function proxyUpgrade(target: URL): UpgradeHandler {
  return (request, socket, head, info) => {
    const upstream = requestTo(target)(target, {
      method: "GET",
      path: request.url,
      headers: forwarded(request, info.id),
    });
    upstream.once("upgrade", (answer, other, otherHead) => {
      socket.off("close", leave);
      if (socket.destroyed) return void other.destroy();
      const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${String(value)}`);
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join("\r\n")}\r\n\r\n`);
      if (otherHead.length > 0) socket.write(otherHead);
      if (head.length > 0) other.write(head);
      for (const [from, to] of [
        [socket, other],
        [other, socket],
      ] as const) {
        from.once("error", () => to.destroy());
        from.once("close", () => to.destroy());
        from.pipe(to);
      }
    });
    // Until the other side has agreed, a visitor who leaves takes the attempt along.
    const leave = () => upstream.destroy();
    socket.once("close", leave);
    const refuse = () => info.refuse(502, "the service behind this does not answer");
    upstream.once("response", refuse);
    upstream.once("error", refuse);
    upstream.end();
  };
}
