import { perAddress } from "@onrecord/core/buckets";
import { describe, expect, it } from "vitest";
import { SignInLimits } from "./sign-in-limits.js";

describe("sign-in limits", () => {
  it("hold back an address that tries one name after the other", () => {
    const limits = new SignInLimits(() => 0);
    const tries = (name: number) => limits.attempt("192.0.2.1", `${name}@x.test`) !== undefined;
    const allowed = Array.from({ length: perAddress.burst + 20 }, (_, i) => tries(i)).filter(Boolean);
    expect(allowed).toHaveLength(perAddress.burst);
    expect(limits.attempt("192.0.2.2", "0@x.test")).toBeDefined();
  });

  it("hold nothing against those who succeed", () => {
    const limits = new SignInLimits(() => 0);
    for (let i = 0; i < 1000; i++) limits.attempt("192.0.2.1", "a@x.test")?.();
    expect(limits.attempt("192.0.2.1", "a@x.test")).toBeDefined();
  });
});
