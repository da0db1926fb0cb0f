import { createHash, timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";
import { AddressRanges } from "@onrecord/core/address-ranges";
import { plainAddress } from "@onrecord/core/network";
import type { Registry } from "prom-client";
import { isForwarded } from "./forwarded.js";
import type { RequestHandler } from "./http-server.js";
import { hostName } from "./known-hosts.js";

const loopback = new AddressRanges(["127.0.0.0/8", "::1"]);

/**
 * `/metrics`, for whoever brings the token. Where none is set, for this machine's own programs: what the metrics tell (when somebody
 * signs in or joins, how much is written) is nobody else's to know.
 */
export function metricsRoute(registry: Registry, token: string | undefined): RequestHandler {
  const wanted = token === undefined ? undefined : digest(`Bearer ${token}`);
  return async (request, response) => {
    const given = digest(request.headers.authorization ?? "");
    if (wanted !== undefined && !timingSafeEqual(given, wanted))
      return void response
        .writeHead(401, { "content-type": "text/plain", "www-authenticate": 'Bearer realm="metrics"' })
        .end("Send Authorization: Bearer with what ONRECORD_METRICS_TOKEN is set to.\n");
    if (wanted === undefined && !isLocal(request))
      return void response
        .writeHead(403, { "content-type": "text/plain" })
        .end(
          "Metrics are told to programs of this machine; set ONRECORD_METRICS_TOKEN to read them from elsewhere.\n",
        );
    const metrics = await registry.metrics();
    response
      .writeHead(200, { "content-type": registry.contentType, "cache-control": "no-store" })
      .end(metrics);
  };
}

/** Straight from this machine, under a name of its own: not by a proxy on it, nor by a page whose name was pointed here. */
function isLocal({ socket, headers }: Parameters<RequestHandler>[0]): boolean {
  const name = hostName(headers.host ?? "") ?? "";
  const ownName = name === "localhost" || (isIP(name) !== 0 && loopback.has(name));
  const peer = plainAddress(socket.remoteAddress ?? "");
  return ownName && peer !== null && loopback.has(peer) && !isForwarded(headers);
}

/** Of one length, so that the comparison tells nothing of the token's. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
