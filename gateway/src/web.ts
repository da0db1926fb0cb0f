import { existsSync } from "node:fs";
import { join } from "node:path";
import type { RequestHandler } from "@onrecord/http/http-server";
import sirv from "sirv";

/** What a page of ours may do: run our own scripts, talk to our own server, and be framed by nobody. */
const headers = {
  "content-security-policy":
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
};

/** Serves the built web app from `root`; any path without a file is a page of it. Without a build, a sentence says how to get one. */
export function serveWeb(root: string | undefined): RequestHandler {
  if (root === undefined || !existsSync(join(root, "index.html"))) {
    return (_request, response) => {
      response
        .writeHead(200, { "content-type": "text/plain; charset=utf-8" })
        .end("Onrecord runs. The web app is not built: run `npm run build`.\nThe API is at /graphql.\n");
    };
  }
  const files = sirv(root, {
    single: true,
    etag: true,
    gzip: true,
    setHeaders: (response, path) => {
      // Names of assets carry their hash; the page that names them must be asked for each time.
      response.setHeader(
        "cache-control",
        path.includes("/assets/") ? "public, max-age=31536000, immutable" : "no-cache",
      );
    },
  });
  return (request, response) => {
    // On 304 too: a browser replaces what it kept of the page by what it is told now.
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (request.method === "GET" || request.method === "HEAD") return files(request, response);
    response.writeHead(405, { allow: "GET, HEAD" }).end();
  };
}
