import { BlockList, isIP } from "node:net";
import { plainAddress } from "./network.js";

/** What nginx writes for a peer that came over a Unix socket, which only programs of the same machine can. */
export const UNIX_PEER = "unix:";

/** A set of addresses, told as addresses and CIDR ranges (`192.0.2.7`, `10.0.0.0/8`, `2001:db8::/32`), or `unix:` for Unix sockets. */
export class AddressRanges {
  readonly #ranges = new BlockList();
  readonly #unix: boolean;

  /** Each of them must be an `isRange`. */
  constructor(ranges: readonly string[]) {
    this.#unix = ranges.includes(UNIX_PEER);
    for (const range of ranges) {
      const { address, family, bits } = parse(range) ?? {};
      if (address !== undefined && family !== undefined && bits !== undefined)
        this.#ranges.addSubnet(address, bits, family);
    }
  }

  /** Whether an address, in the form of `plainAddress`, or `unix:`, is one of them. */
  has(address: string): boolean {
    if (address === UNIX_PEER) return this.#unix;
    const bare = address.replace(/%.*$/, "");
    return this.#ranges.check(bare, isIP(bare) === 6 ? "ipv6" : "ipv4");
  }
}

/** Whether a text is an address, a CIDR range, or `unix:`. */
export function isRange(text: string): boolean {
  return text === UNIX_PEER || parse(text) !== undefined;
}

/** Addresses that nobody has on the open internet: this machine's, a firm's own networks, what lies between a carrier and its customers. */
export const insideAddresses = new AddressRanges([
  "127.0.0.0/8",
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "169.254.0.0/16",
  "100.64.0.0/10",
  "::1",
  "fc00::/7",
  "fe80::/10",
  UNIX_PEER,
]);

function parse(range: string) {
  const [text = "", prefix, ...more] = range.split("/");
  const address = text.includes("%") ? null : plainAddress(text);
  if (address === null || more.length > 0) return undefined;
  const family = isIP(address) === 6 ? ("ipv6" as const) : ("ipv4" as const);
  const most = family === "ipv6" ? 128 : 32;
  if (prefix === undefined) return { address, family, bits: most };
  // A range inside `::ffff:0:0/96` would have to be told as the IPv4 range that it is.
  if (!/^(0|[1-9]\d{0,2})$/.test(prefix) || Number(prefix) > most) return undefined;
  if (family === "ipv4" && text.includes(":")) return undefined;
  return { address, family, bits: Number(prefix) };
}
