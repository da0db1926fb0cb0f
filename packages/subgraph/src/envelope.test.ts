import { newId } from "@onrecord/core/ids";
import type { Caller } from "@onrecord/policy/principal";
import { describe, expect, it } from "vitest";
import { EnvelopeSigner, EnvelopeVerifier } from "./envelope.js";

const SECRET = "a secret of at least thirty-two characters";
const BODY = '{"query":"{ me { name } }"}';
const caller: Caller = {
  principal: {
    userId: newId(),
    sessionId: newId(),
    email: "analyst1@demo.onrecord.test",
    name: "李 Analyst",
    title: null,
    userKind: "EMPLOYEE",
    roles: ["Analyst"],
    expiresAt: "2030-01-01T00:00:00.000Z",
  },
  requestId: "request-1",
  from: { ip: "127.0.0.1", userAgent: null },
};

let now = 1_700_000_000_000;
const clock = () => now;
const sign = (body = BODY, who = caller) => new EnvelopeSigner(SECRET, clock).sign("documents", who, body);
const verifier = (capacity?: number) => new EnvelopeVerifier(SECRET, "documents", clock, capacity);

/** Changes the claims of an envelope and leaves its signature. */
function tamper(header: string, change: (claims: Record<string, unknown>) => unknown): string {
  const [payload, signature] = header.split(".");
  const claims = change(JSON.parse(Buffer.from(payload ?? "", "base64url").toString()));
  return `${Buffer.from(JSON.stringify(claims)).toString("base64url")}.${signature}`;
}

describe("an envelope", () => {
  it("brings its caller across", () => {
    expect(verifier().verify(sign(), BODY)).toEqual({ ok: true, caller });
  });

  it("brings across that nobody is signed in", () => {
    const nobody = { ...caller, principal: null };
    expect(verifier().verify(sign(BODY, nobody), Buffer.from(BODY))).toEqual({ ok: true, caller: nobody });
  });

  const flip = (text: string, at: number) =>
    `${text.slice(0, at)}${text[at] === "A" ? "B" : "A"}${text.slice(at + 1)}`;
  const signed = sign();
  it.each<[string, string, string | undefined, string?]>([
    ["that is not there", "missing", undefined],
    ["of random text", "malformed", "hello"],
    ["without signature", "malformed", `${signed.split(".")[0]}.`],
    ["with a third part", "malformed", `${signed}.x`],
    ["of no JSON", "malformed", `${Buffer.from("{").toString("base64url")}.AAAA`],
    ["of another shape", "malformed", tamper(signed, () => ({ caller }))],
    ["without caller", "malformed", tamper(signed, (claims) => ({ ...claims, caller: undefined }))],
    [
      "with half a principal",
      "malformed",
      tamper(signed, (claims) => ({ ...claims, caller: { ...caller, principal: { userId: "x" } } })),
    ],
    [
      "whose caller was changed",
      "forged",
      tamper(signed, (claims) => ({ ...claims, caller: { ...caller, requestId: "request-2" } })),
    ],
    [
      "whose role was added",
      "forged",
      tamper(signed, (claims) => ({
        ...claims,
        caller: { ...caller, principal: { ...caller.principal, roles: ["Admin"] } },
      })),
    ],
    ["made younger", "forged", tamper(signed, (claims) => ({ ...claims, time: now + 1 }))],
    ["with another nonce", "forged", tamper(signed, (claims) => ({ ...claims, nonce: "A".repeat(22) }))],
    [
      "with another body's hash",
      "forged",
      tamper(signed, (claims) => ({ ...claims, bodySha256: "0".repeat(64) })),
    ],
    ["with a changed signature", "forged", flip(signed, signed.length - 5)],
    ["with a short signature", "forged", `${signed.split(".")[0]}.AAAA`],
    [
      "of another secret",
      "unknown-key",
      new EnvelopeSigner(`${SECRET}!`, clock).sign("documents", caller, BODY),
    ],
    ["for another subgraph", "wrong-audience", new EnvelopeSigner(SECRET, clock).sign("audit", caller, BODY)],
    ["with another body", "body-mismatch", signed, `${BODY} `],
    ["with an empty body", "body-mismatch", signed, ""],
  ])("%s is refused as %s", (_, fault, header, body = BODY) => {
    expect(verifier().verify(header, body)).toEqual({ ok: false, fault });
  });

  it("works once", () => {
    const one = verifier();
    const header = sign();
    expect(one.verify(header, BODY).ok).toBe(true);
    expect(one.verify(header, BODY)).toEqual({ ok: false, fault: "replayed" });
  });

  it("is not used up by someone who has it with another body", () => {
    const one = verifier();
    const header = sign();
    expect(one.verify(header, "{}")).toEqual({ ok: false, fault: "body-mismatch" });
    expect(one.verify(header, BODY).ok).toBe(true);
  });

  it.each([
    [60_000, { ok: true, caller }],
    [60_001, { ok: false, fault: "expired" }],
    [-5_000, { ok: true, caller }],
    [-5_001, { ok: false, fault: "expired" }],
  ])("read %s ms after it was made gives %j", (later, result) => {
    const header = sign();
    const then = now;
    now += later;
    expect(verifier().verify(header, BODY)).toEqual(result);
    now = then;
  });

  it("is refused rather than forgotten when too many are remembered, until they expire", () => {
    const small = verifier(2);
    const [first, second] = [sign(), sign()];
    expect([small.verify(first, BODY).ok, small.verify(second, BODY).ok]).toEqual([true, true]);
    expect(small.verify(sign(), BODY)).toEqual({ ok: false, fault: "overloaded" });
    expect(small.verify(first, BODY)).toEqual({ ok: false, fault: "replayed" });
    now += 60_001;
    expect(small.verify(sign(), BODY).ok).toBe(true);
  });
});
