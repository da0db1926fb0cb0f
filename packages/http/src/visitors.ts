import type { IncomingMessage } from "node:http";
import { AddressRanges } from "@onrecord/core/address-ranges";
import { plainAddress } from "@onrecord/core/network";
import type { Visitor } from "@onrecord/core/visitor";
import { forwardedHops, type Hop, isForwarded, xForwardedHops } from "./forwarded.js";
import { VISITOR_HEADER, type VisitorSeal } from "./visitor-seal.js";

/** What is told of a request whose headers are not believed. */
export type Disbelief =
  /** Its peer is no trusted proxy. */
  | "untrusted-peer"
  /** Its proxy passes on two kinds of headers that tell different addresses: one of them is somebody else's. */
  | "contradiction";

/** How visitors are found. */
export interface VisitorOptions {
  /** Proxies whose word is believed: addresses and ranges, as `AddressRanges` takes them. */
  readonly trustedProxies: readonly string[];
  /** Opens what our own gateway says of its visitors. */
  readonly seal?: VisitorSeal;
  /** Told, with the peer's address, of headers that are not believed. */
  readonly disbelieved?: (peer: string, why: Disbelief) => void;
}

/**
 * Finds out who sent a request: the one place where that is decided, for HTTP and for upgrades. What a proxy says of whom it heard is
 * believed if the proxy is trusted: so the chain is walked from us outwards, and the first who is not trusted is who asked.
 */
export class Visitors {
  readonly #trusted: AddressRanges;

  constructor(private readonly options: VisitorOptions = { trustedProxies: [] }) {
    this.#trusted = new AddressRanges(options.trustedProxies);
  }

  of(request: IncomingMessage): Visitor {
    const peer = plainAddress(request.socket.remoteAddress ?? "");
    const { host = "" } = request.headers;
    const nobodySaid: Visitor = { ip: peer, host, https: null };
    const sealed = request.headers[VISITOR_HEADER];
    if (typeof sealed === "string") {
      const told = this.options.seal?.open(sealed, request);
      if (told !== undefined) return told;
    }
    if (peer === null) return nobodySaid;
    if (!this.#trusted.has(peer)) {
      if (isForwarded(request.headers)) this.options.disbelieved?.(peer, "untrusted-peer");
      return nobodySaid;
    }
    const [one, other] = [xForwardedHops(request.headers), forwardedHops(request.headers)];
    const [told, toldOtherwise] = [this.#walk(one.hops, nobodySaid), this.#walk(other.hops, nobodySaid)];
    if (one.tellWho && other.tellWho && told.ip !== toldOtherwise.ip) {
      // A proxy that sets one kind and lets the other through would let anybody choose an address.
      this.options.disbelieved?.(peer, "contradiction");
      return nobodySaid;
    }
    return {
      ip: one.tellWho ? told.ip : toldOtherwise.ip,
      host: told.host === host ? toldOtherwise.host : told.host,
      https: told.https ?? toldOtherwise.https,
    };
  }

  /** Whether a request comes straight from a trusted proxy, whoever sent it there. */
  byProxy({ socket }: IncomingMessage): boolean {
    const peer = plainAddress(socket.remoteAddress ?? "");
    return peer !== null && this.#trusted.has(peer);
  }

  /** Each hop is what somebody trusted says; whom it names may be trusted in turn. */
  #walk(hops: readonly Hop[], from: Visitor): Visitor {
    let { ip, host, https } = from;
    for (const hop of hops) {
      host = hop.host ?? host;
      https = hop.https ?? https;
      if (hop.address === null) break;
      const trusted = this.#trusted.has(hop.address);
      // Who came by a Unix socket has no address of their own.
      if (plainAddress(hop.address) !== null) ip = hop.address;
      if (!trusted) break;
    }
    return { ip, host, https };
  }
}
