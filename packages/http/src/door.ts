import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { AppError } from "@onrecord/core/errors";
import type { Visitor } from "@onrecord/core/visitor";
import { type HostConfig, KnownHosts } from "./known-hosts.js";
import { Visitors } from "./visitors.js";

/** The methods that any path may take. Whatever else comes, from TRACE to made-up ones, is refused before a service sees it. */
const METHODS = ["GET", "HEAD", "POST", "OPTIONS"] as const;

/** What a path is mounted with. */
export interface RouteOptions {
  /** Takes requests under any host name: for probes and for our own services, which come by address or by a name inside. */
  readonly anyHost?: boolean;
  /** The methods that it takes; without them, those of the door. */
  readonly methods?: readonly (typeof METHODS)[number][];
}

/** An answer of the door itself. */
export interface DoorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How long a browser remembers to come by TLS only, in seconds: a year. */
const HSTS_SECONDS = 31_536_000;
const hsts = { "strict-transport-security": `max-age=${HSTS_SECONDS}` };

/**
 * What holds for every request and every answer, whichever service is behind the path: which hosts and methods are taken, and what
 * browsers are told. A service may say more of its own answers (the page has a policy of its own), not less by forgetting.
 */
export class Door {
  /** Headers of every answer, also of upgrades, of refused ones, and of what is no HTTP. */
  readonly #headers: Readonly<Record<string, string>>;
  readonly #hosts: KnownHosts;

  /** `visitors` tells who asks; without it, nobody's word is taken for anybody else. */
  constructor(
    config: HostConfig,
    readonly visitors = new Visitors(),
  ) {
    this.#hosts = new KnownHosts(config);
    this.#headers = {
      "x-content-type-options": "nosniff",
      // An answer that is no page of ours runs nothing, loads nothing, and is framed by nobody.
      "content-security-policy":
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      "referrer-policy": "no-referrer",
      "cross-origin-resource-policy": "same-origin",
      ...(config.publicUrl?.startsWith("https:") ? hsts : {}),
    };
  }

  /** What every answer to a visitor says; to those of whom nothing is known, the same without what only their proxy could tell. */
  headers(visitor?: Visitor): Readonly<Record<string, string>> {
    return visitor?.https === true ? { ...this.#headers, ...hsts } : this.#headers;
  }

  /** Why a request is not taken, by what its path was mounted with; null: it is. */
  refusal(
    request: IncomingMessage,
    requestId: string,
    visitor: Visitor,
    { anyHost = false, methods = METHODS }: RouteOptions = {},
  ): DoorAnswer | null {
    if (!methods.some((method) => method === request.method)) return methodRefused(requestId, methods);
    return anyHost ? null : this.#hostRefused(request, requestId, visitor);
  }

  /** An upgrade is a GET (RFC 9110, 7.8; RFC 6455, 4.1). */
  upgradeRefusal(request: IncomingMessage, requestId: string, visitor: Visitor): DoorAnswer | null {
    return request.method === "GET"
      ? this.#hostRefused(request, requestId, visitor)
      : methodRefused(requestId, ["GET"]);
  }

  /** Writes an answer to a socket that speaks HTTP no further, and ends it. */
  end(socket: Duplex, { status, headers, body }: DoorAnswer, visitor?: Visitor): void {
    if (!socket.writable) return void socket.destroy();
    const all = {
      ...this.headers(visitor),
      ...headers,
      connection: "close",
      "content-length": String(Buffer.byteLength(body)),
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines.join("")}\r\n${body}`);
  }

  #hostRefused(request: IncomingMessage, requestId: string, visitor: Visitor): DoorAnswer | null {
    const given = hostsOf(request);
    // Two hosts, or one in the target besides, are how those behind each other are told different things.
    if (given.length !== 1 || !request.url?.startsWith("/"))
      return typed(
        400,
        requestId,
        "host",
        "Name one host, in the header Host, and ask for a path that begins with a slash.",
      );
    // What a proxy says of the host comes beside what we were asked for, never instead: a page elsewhere can write that header too.
    if (this.#hosts.has(given[0]!) && this.#hosts.has(visitor.host)) return null;
    return typed(
      421,
      requestId,
      "host",
      "This server is not asked by that host name. Its operator sets ONRECORD_PUBLIC_URL, or ONRECORD_ALLOWED_HOSTS for further names.",
    );
  }
}

/** 405, for a method that the door or the path does not know. */
export function methodRefused(requestId: string, methods: readonly string[] = METHODS): DoorAnswer {
  const allow = methods.join(", ");
  return typed(405, requestId, "method", `This method is not taken here; use one of ${allow}.`, { allow });
}

/** A plain sentence as an answer of the door. */
export function sentence(status: number, text: string): DoorAnswer {
  return { status, headers: { "content-type": "text/plain; charset=utf-8" }, body: `${text}\n` };
}

/** What Node says of bytes that are no request. */
export function malformed(error: NodeJS.ErrnoException, requestId: string): DoorAnswer {
  switch (error.code) {
    case "HPE_INVALID_METHOD":
      return methodRefused(requestId);
    case "HPE_HEADER_OVERFLOW":
      return sentence(431, "the request's headers are too large");
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return sentence(408, "the request did not come in time");
    default:
      return sentence(400, "this is no HTTP request");
  }
}

/** An error in the one shape that clients read. */
function typed(
  status: number,
  requestId: string,
  reason: "host" | "method",
  message: string,
  headers: Readonly<Record<string, string>> = {},
): DoorAnswer {
  const { code, reasons } = new AppError("BAD_USER_INPUT", message, {
    reasons: [{ id: reason, text: message }],
  });
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store", ...headers },
    body: JSON.stringify({ errors: [{ message, extensions: { code, requestId, reasons } }] }),
  };
}

/** Every `Host` that was sent: of several, `request.headers` has the first. */
function hostsOf({ rawHeaders }: IncomingMessage): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]!.toLowerCase() === "host");
}
