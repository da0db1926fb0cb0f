import { isIP, isIPv6 } from "node:net";

/**
 * An address in the one form in which it is compared and recorded, however it was written: IPv6 as RFC 5952 has it, an IPv4 address inside
 * IPv6 as that; null: it is no address.
 */
export function plainAddress(text: string): string | null {
  const family = isIP(text);
  if (family === 0) return null;
  if (family === 4) return text;
  const [address = "", zone] = text.toLowerCase().split("%");
  return mappedIPv4(text) ?? `${shortIPv6(address)}${zone === undefined ? "" : `%${zone}`}`;
}

/**
 * The network that an address stands for where attempts are counted: an IPv4 address for itself, also inside IPv6, and the /64 of an
 * IPv6 address, of which its holder has as many as they like. What is no address stands for itself, and none for "".
 */
export function networkOf(ip: string | null): string {
  const address = (ip ?? "").replace(/%.*$/, "");
  if (!isIPv6(address)) return address;
  const mapped = mappedIPv4(address);
  if (mapped !== undefined) return mapped;
  const prefix = wholeIPv6(address).slice(0, 4);
  return `${prefix.map((group) => group.toString(16)).join(":")}::/64`;
}

/** The IPv4 address inside an IPv6 one (`::ffff:192.0.2.7`, `::ffff:c000:207`), if there is one. */
function mappedIPv4(address: string): string | undefined {
  const [a, b, c, d, e, f, high = 0, low = 0] = wholeIPv6(address.replace(/%.*$/, ""));
  if ([a, b, c, d, e].some((group) => group !== 0) || f !== 0xffff) return undefined;
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

/** URLs write IPv6 addresses in one way, the shortest. */
function shortIPv6(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}

/** The eight groups of an IPv6 address. */
function wholeIPv6(address: string): number[] {
  const [head = "", tail] = address.split("::");
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => 0);
  return [...before, ...zeros, ...after];
}

/** The 16-bit groups of a part of an IPv6 address; a dotted end is two of them. */
function groups(part: string): number[] {
  if (part === "") return [];
  return part.split(":").flatMap((group) => {
    if (!group.includes(".")) return [parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split(".").map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}
