import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Visitor } from "@onrecord/core/visitor";

/** What our gateway says of who asked, where it passes a request on: base64url JSON of `Claims`, a dot, and its HMAC-SHA256 in base64url. */
export const VISITOR_HEADER = "x-onrecord-visitor";
/** How old it may be, in milliseconds, and how far the clocks of two machines may be apart. */
const MAX_AGE = 60_000;
const MAX_SKEW = 5_000;

interface Claims extends Visitor {
  /** The path and query of the request that it belongs to. */
  readonly url: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** Seals, for our own services in other processes, who sent a request: they believe the gateway because it has the service secret, wherever it runs. */
export class VisitorSeal {
  readonly #key: Buffer;

  constructor(
    serviceSecret: string,
    private readonly now: () => number = Date.now,
  ) {
    this.#key = Buffer.from(hkdfSync("sha256", serviceSecret, "", "onrecord visitor v1", 32));
  }

  /** The header's value for a request that is passed on. */
  seal({ ip, host, https }: Visitor, { url = "" }: IncomingMessage): string {
    const claims: Claims = { ip, host, https, url, time: this.now() };
    const payload = Buffer.from(JSON.stringify(claims)).toString("base64url");
    return `${payload}.${this.#mac(payload).toString("base64url")}`;
  }

  /** Who sent a request; undefined: this was not sealed by one of us, for this request, just now. */
  open(sealed: string, { url = "" }: IncomingMessage): Visitor | undefined {
    const [payload = "", mac = ""] = sealed.split(".");
    const [given, wanted] = [Buffer.from(mac, "base64url"), this.#mac(payload)];
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
    const { ip, host, https, ...about } = JSON.parse(Buffer.from(payload, "base64url").toString()) as Claims;
    const age = this.now() - about.time;
    return about.url === url && age <= MAX_AGE && age >= -MAX_SKEW ? { ip, host, https } : undefined;
  }

  #mac(payload: string): Buffer {
    return createHmac("sha256", this.#key).update(payload).digest();
  }
}
