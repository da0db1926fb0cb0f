import type { IncomingHttpHeaders } from "node:http";
import { isIPv4, isIPv6 } from "node:net";
import { UNIX_PEER } from "@onrecord/core/address-ranges";
import { plainAddress } from "@onrecord/core/network";

/** What one proxy says of whom it took a request from. */
export interface Hop {
  /** An address as `plainAddress` gives it, or `unix:`; null: it does not tell one (RFC 7239's `unknown` and `_hidden`, or what is none). */
  readonly address: string | null;
  /** By TLS or not; null: it does not tell. */
  readonly https: boolean | null;
  readonly host: string | null;
}

const NOTHING: Hop = { address: null, https: null, host: null };
/** More proxies than anybody has in a row: what is told beyond them is not looked at. */
const MOST_HOPS = 32;
/** Longest name of a host, with brackets and a port. */
const HOST_LENGTH = 270;

/** What headers of one kind tell, from the proxy nearest to us outwards. */
export interface Told {
  readonly hops: readonly Hop[];
  /** Whether they speak of addresses at all, and not only of how a proxy was asked. */
  readonly tellWho: boolean;
}

/** Whether a request says that it came through somebody. */
export function isForwarded(headers: IncomingHttpHeaders): boolean {
  return headers.forwarded !== undefined || headers["x-forwarded-for"] !== undefined;
}

/** What `X-Forwarded-For` and those beside it tell. */
export function xForwardedHops(headers: IncomingHttpHeaders): Told {
  const addresses = fromTheRight(headers["x-forwarded-for"]);
  const schemes = fromTheRight(headers["x-forwarded-proto"]);
  const hosts = fromTheRight(headers["x-forwarded-host"]);
  // Each proxy adds to the list of addresses; whoever sets the others anew, or leaves them alone, makes those shorter.
  const beside = (values: readonly string[], index: number) => values[Math.min(index, values.length - 1)];
  const tellWho = addresses.length > 0;
  const hops = (tellWho ? addresses : [""]).map((text, index) => ({
    address: addressOf(text),
    https: isHttps(beside(schemes, index)),
    host: hostOf(beside(hosts, index)),
  }));
  return { hops, tellWho };
}

/** What `Forwarded` (RFC 7239) tells. */
export function forwardedHops({ forwarded }: IncomingHttpHeaders): Told {
  if (forwarded === undefined) return { hops: [], tellWho: false };
  const elements = elementsFromTheRight(forwarded)
    .filter((element) => element.trim() !== "")
    .slice(0, MOST_HOPS);
  return { hops: elements.map(hopOf), tellWho: /\bfor\s*=/i.test(forwarded) };
}

/** The values of a list, the last first; HTTP has empty ones count for nothing (`203.0.113.7,`). */
function fromTheRight(header: string | string[] | undefined): string[] {
  if (header === undefined) return [];
  return String(header)
    .split(",")
    .map((text) => text.trim())
    .filter((text) => text !== "")
    .slice(-MOST_HOPS)
    .reverse();
}

/**
 * The elements of a `Forwarded` header, the last first. Read from the right: what a stranger wrote stands on the left, and a quote that
 * they leave open there must not take in what a proxy has added behind it. A quotation begins behind "=", where no quote within one does.
 */
function elementsFromTheRight(header: string): string[] {
  const elements: string[] = [];
  let end = header.length;
  for (let at = header.length - 1; at >= 0; at--) {
    if (header[at] === '"') {
      let opening = header.lastIndexOf('"', at - 1);
      while (opening > 0 && header[opening - 1] !== "=") opening = header.lastIndexOf('"', opening - 1);
      // Of what stands before a quotation that never began, nothing is known.
      if (opening <= 0) return [...elements, header.slice(0, end)];
      at = opening;
    } else if (header[at] === ",") {
      elements.push(header.slice(at + 1, end));
      end = at;
    }
  }
  return [...elements, header.slice(0, end)];
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const QUOTED = '"(?:[^"\\\\]|\\\\.)*"';
/** One pair of an element, with what ends it. */
const PAIR = new RegExp(`\\s*(${TOKEN})=(${TOKEN}|${QUOTED})\\s*(;|$)`, "y");

/** An element that is not written as RFC 7239 has it says nothing, nor does one that says something twice. */
function hopOf(element: string): Hop {
  const pairs = new Map<string, string>();
  PAIR.lastIndex = 0;
  for (let ended = false; !ended; ) {
    const match = PAIR.exec(element);
    const [, name, value] = match ?? [];
    if (match === null || name === undefined || value === undefined) return NOTHING;
    const key = name.toLowerCase();
    if (pairs.has(key)) return NOTHING;
    pairs.set(key, value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, "$1") : value);
    ended = match[3] !== ";";
  }
  return {
    address: addressOf(pairs.get("for") ?? ""),
    https: isHttps(pairs.get("proto")),
    host: hostOf(pairs.get("host")),
  };
}

/** `192.0.2.7`, `2001:db8::7`, `[2001:db8::7]`, the first and the last with a port too, and what proxies write for Unix sockets. */
function addressOf(text: string): string | null {
  if (/^unix:/i.test(text)) return UNIX_PEER;
  const [, v4, v6] =
    /^(?:([\d.]{7,15})|\[([0-9a-f:.]{2,45})\])(?::(?:\d{1,5}|_[\w.-]{1,64}))?$/i.exec(text) ?? [];
  if (v4 !== undefined) return isIPv4(v4) ? v4 : null;
  const bare = v6 ?? text;
  return bare.length <= 45 && isIPv6(bare) ? plainAddress(bare) : null;
}

function isHttps(scheme: string | undefined): boolean | null {
  const lower = scheme?.toLowerCase();
  if (lower === "https" || lower === "wss") return true;
  return lower === "http" || lower === "ws" ? false : null;
}

function hostOf(host: string | undefined): string | null {
  return host !== undefined && host !== "" && host.length <= HOST_LENGTH ? host : null;
}
