import type { IncomingMessage } from "node:http";
import type { Visitor } from "@onrecord/core/visitor";
import type { ProvenanceFacts } from "@onrecord/ledger/provenance";

/** The cookie that carries a browser's session token. */
export const SESSION_COOKIE = "onrecord_session";

/** How a request carried its token: a cookie is sent by the browser on its own, so it needs an origin check where the others do not. */
export interface Credential {
  readonly token: string;
  readonly carrier: "cookie" | "bearer" | "query";
}

/** The session token of an `Authorization: Bearer` value, if it is one. */
export function bearer(value: string | null | undefined): string | undefined {
  return /^Bearer\s+(\S+)$/i.exec(value?.trim() ?? "")?.[1];
}

/** Finds the token of a request: `Authorization: Bearer`, then `?token=` (where allowed), then the session cookie. */
export function findCredential(request: IncomingMessage, query?: URLSearchParams): Credential | undefined {
  const header = bearer(request.headers.authorization);
  if (header) return { token: header, carrier: "bearer" };
  const parameter = query?.get("token");
  if (parameter) return { token: parameter, carrier: "query" };
  const cookie = findCookie(request, SESSION_COOKIE);
  return cookie === undefined ? undefined : { token: cookie, carrier: "cookie" };
}

/** The value of a cookie of a request; undefined: it has none, or an empty one. */
export function findCookie(request: IncomingMessage, wanted: string): string | undefined {
  for (const pair of request.headers.cookie?.split(";") ?? []) {
    const [name, value] = pair.trim().split("=", 2);
    if (name === wanted && value) return value;
  }
  return undefined;
}

/** Whether a browser page of another site sent this request: its `Origin` is not our host, or not by TLS where we were asked by TLS. */
export function isCrossSite(request: IncomingMessage, { host, https }: Visitor): boolean {
  const { origin } = request.headers;
  if (origin === undefined) return false;
  if (!URL.canParse(origin)) return true;
  const page = new URL(origin);
  if (https === true && page.protocol !== "https:") return true;
  // Written by the rules of URLs, so that a port that goes without saying is none.
  const own = `${page.protocol}//${host}`;
  return !URL.canParse(own) || new URL(own).host !== page.host;
}

/** Where a request came from, for the record. */
export function originFacts(request: IncomingMessage, { ip }: Visitor): ProvenanceFacts {
  return { ip, userAgent: request.headers["user-agent"] ?? null };
}
