import { isIPv6 } from "node:net";

/**
 * The network that an address stands for where attempts are counted: an IPv4 address for itself, also inside IPv6, and the /64 of an
 * IPv6 address, of which its holder has as many as they like. What is no address stands for itself, and none for "".
 */
export function networkOf(ip: string | null): string {
  const address = (ip ?? "").replace(/%.*$/, "");
  if (!isIPv6(address)) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = "", tail] = address.split("::");
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => "0");
  const prefix = [...before, ...zeros, ...after].slice(0, 4).map((group) => parseInt(group, 16).toString(16));
  return `${prefix.join(":")}::/64`;
}

/** The 16-bit groups of a part of an IPv6 address; a dotted end is two of them. */
function groups(part: string): string[] {
  if (part === "") return [];
  return part.split(":").flatMap((group) => (group.includes(".") ? ["0", "0"] : [group]));
}
