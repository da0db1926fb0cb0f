import type { Caller, Principal } from "@onrecord/policy/principal";
import type { Claims } from "./envelope.js";

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
