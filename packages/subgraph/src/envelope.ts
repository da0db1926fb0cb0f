import { createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";
import type { SubgraphName } from "@onrecord/core/config";
import type { Caller } from "@onrecord/policy/principal";
import { type Claims, isClaims } from "./envelope-claims.js";
import { NonceMemory } from "./nonce-memory.js";

/** The header that carries the envelope: base64url JSON of `Claims`, a dot, and its HMAC-SHA256 in base64url. */
export const ENVELOPE_HEADER = "x-onrecord-envelope";

/** How old an envelope may be, in milliseconds. */
const MAX_AGE = 60_000;
/** How far the clocks of two machines may be apart, in milliseconds. */
const MAX_SKEW = 5_000;

/** Why an envelope was refused. */
export type EnvelopeFault =
  | "missing"
  | "malformed"
  | "unknown-key"
  | "forged"
  | "wrong-audience"
  | "expired"
  | "body-mismatch"
  | "replayed"
  | "overloaded";

/** A verified caller, or why there is none. */
export type Verification =
  | { readonly ok: true; readonly caller: Caller }
  | { readonly ok: false; readonly fault: EnvelopeFault };

interface Key {
  readonly kid: string;
  readonly bytes: Buffer;
}

/** A key for this one purpose, so that nothing else signed with the service secret can pass for an envelope. */
function deriveKey(secret: string): Key {
  const bytes = Buffer.from(hkdfSync("sha256", secret, "", "onrecord identity envelope v1", 32));
  return { kid: createHash("sha256").update(bytes).digest("hex").slice(0, 12), bytes };
}

/** Signs what the gateway sends to subgraphs in other processes. */
export class EnvelopeSigner {
  readonly #key: Key;

  constructor(
    secret: string,
    private readonly now: () => number = Date.now,
  ) {
    this.#key = deriveKey(secret);
  }

  /** The header's value for a request with this body. */
  sign(audience: SubgraphName, caller: Caller, body: string | Uint8Array): string {
    const claims: Claims = {
      caller,
      audience,
      time: this.now(),
      nonce: randomBytes(16).toString("base64url"),
      kid: this.#key.kid,
      bodySha256: sha256(body),
    };
    const payload = Buffer.from(JSON.stringify(claims)).toString("base64url");
    return `${payload}.${mac(this.#key, payload).toString("base64url")}`;
  }
}

/** Verifies envelopes for one subgraph, and remembers those it has seen for as long as they would be valid. */
export class EnvelopeVerifier {
  readonly #key: Key;
  readonly #seen: NonceMemory;

  constructor(
    secret: string,
    private readonly audience: SubgraphName,
    private readonly now: () => number = Date.now,
    capacity = 500_000,
  ) {
    this.#key = deriveKey(secret);
    this.#seen = new NonceMemory(capacity);
  }

  /** The nonce is spent last, so that an envelope taken with another body does not use up the true one. */
  verify(header: string | undefined, body: string | Uint8Array): Verification {
    const claims = this.#claims(header);
    if (typeof claims === "string") return refuse(claims);
    if (claims.bodySha256 !== sha256(body)) return refuse("body-mismatch");
    const spent = this.#seen.spend(claims.nonce, claims.time + MAX_AGE, this.now());
    return spent === "fresh" ? { ok: true, caller: claims.caller } : refuse(spent);
  }

  /** What is wrong with an envelope whatever its body is: nobody else's body need be read. */
  faultOf(header: string | undefined): EnvelopeFault | null {
    const claims = this.#claims(header);
    return typeof claims === "string" ? claims : null;
  }

  #claims(header: string | undefined): Claims | EnvelopeFault {
    if (header === undefined) return "missing";
    const [payload, signature, ...rest] = header.split(".");
    if (!payload || !signature || rest.length > 0) return "malformed";
    const claims = parse(payload);
    if (claims === undefined) return "malformed";
    if (claims.kid !== this.#key.kid) return "unknown-key";
    if (!equal(mac(this.#key, payload), Buffer.from(signature, "base64url"))) return "forged";
    if (claims.audience !== this.audience) return "wrong-audience";
    const now = this.now();
    if (now - claims.time > MAX_AGE || claims.time - now > MAX_SKEW) return "expired";
    return claims;
  }
}

function refuse(fault: EnvelopeFault): Verification {
  return { ok: false, fault };
}

function parse(payload: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(payload, "base64url").toString());
    return isClaims(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function mac(key: Key, payload: string): Buffer {
  return createHmac("sha256", key.bytes).update(payload).digest();
}

function equal(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

function sha256(body: string | Uint8Array): string {
  return createHash("sha256").update(body).digest("hex");
}
