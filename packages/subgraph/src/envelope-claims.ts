import type { SubgraphName } from "@onrecord/core/config";
import type { Caller, Principal } from "@onrecord/policy/principal";

/** What the gateway asserts of one request, under its signature. */
export interface Claims {
  readonly caller: Caller;
  /** The subgraph it is meant for: one that leaks to another service is worth nothing there. */
  readonly audience: SubgraphName;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly nonce: string;
  /** Names the key, so that two services with different secrets say so instead of "forged". */
  readonly kid: string;
  /** Hex, over the bytes of the request's body: the signature covers what is asked, not only who asks. */
  readonly bodySha256: string;
}

/** Whether a value has the shape of an envelope's claims. Checked before the signature, which needs the key id in it. */
export function isClaims(value: unknown): value is Claims {
  return (
    isRecord(value) &&
    isCaller(value.caller) &&
    typeof value.audience === "string" &&
    Number.isSafeInteger(value.time) &&
    typeof value.nonce === "string" &&
    value.nonce.length === 22 &&
    typeof value.kid === "string" &&
    typeof value.bodySha256 === "string"
  );
}

function isCaller(value: unknown): value is Caller {
  return (
    isRecord(value) &&
    typeof value.requestId === "string" &&
    isRecord(value.from) &&
    isTextOrNull(value.from.ip) &&
    isTextOrNull(value.from.userAgent) &&
    (value.principal === null || isPrincipal(value.principal))
  );
}

function isPrincipal(value: unknown): value is Principal {
  return (
    isRecord(value) &&
    [value.userId, value.sessionId, value.email, value.name, value.userKind, value.expiresAt].every(
      (text) => typeof text === "string",
    ) &&
    isTextOrNull(value.title) &&
    Array.isArray(value.roles) &&
    value.roles.every((role) => typeof role === "string")
  );
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
