import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { pipeline } from "node:stream";
import type { RequestHandler, RequestInfo, UpgradeHandler } from "@onrecord/http/http-server";
import { VISITOR_HEADER, type VisitorSeal } from "@onrecord/http/visitor-seal";

const requestTo = (target: URL) => (target.protocol === "https:" ? httpsRequest : httpRequest);

/** What proxies before us said: it has been judged, and what of it was believed is sent on in our own words. */
const toldBefore = ["forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"] as const;

/** The headers to send on: who asked, under our seal, and the request's id. */
function forwarded(request: IncomingMessage, { id, visitor }: RequestInfo, seal: VisitorSeal) {
  const headers = { ...request.headers };
  for (const name of toldBefore) delete headers[name];
  return {
    ...headers,
    "x-request-id": id,
    "x-forwarded-for": visitor.ip ?? "",
    [VISITOR_HEADER]: seal.seal(visitor, request),
  };
}

/** Sends a path's requests on to a service in another process. */
export function proxyTo(target: URL, seal: VisitorSeal): RequestHandler {
  return (request, response, info) =>
    new Promise((resolve) => {
      const upstream = requestTo(target)(
        target,
        { method: request.method, path: request.url, headers: forwarded(request, info, seal) },
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
export function proxyUpgrade(target: URL, seal: VisitorSeal): UpgradeHandler {
  return (request, socket, head, info) => {
    const upstream = requestTo(target)(target, {
      method: "GET",
      path: request.url,
      headers: forwarded(request, info, seal),
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
