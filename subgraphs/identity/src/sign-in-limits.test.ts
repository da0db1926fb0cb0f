import { perAddress } from "@onrecord/core/buckets";
import { describe, expect, it } from "vitest";
import { type Attempt, fromElsewhere, perAccount, SignInLimits } from "./sign-in-limits.js";

const attempt = (facts: Partial<Attempt> = {}): Attempt => ({
  network: "192.0.2.1",
  email: "a@x.test",
  knownDevice: null,
  knownNetwork: false,
  ...facts,
});
/** How many of so many attempts are allowed. */
const allowed = (limits: SignInLimits, times: number, make: (i: number) => Attempt) =>
  Array.from({ length: times }, (_, i) => limits.attempt(make(i)) !== undefined).filter(Boolean).length;

describe("sign-in limits", () => {
  it("hold back an address that tries one name after the other", () => {
    const limits = new SignInLimits(() => 0);
    const tries = allowed(limits, perAddress.burst + 20, (i) => attempt({ email: `${i}@x.test` }));
    expect(tries).toBe(perAddress.burst);
    expect(limits.attempt(attempt({ network: "192.0.2.2", email: "0@x.test" }))).toBeDefined();
  });

  it("hold nothing against those who succeed", () => {
    const limits = new SignInLimits(() => 0);
    for (let i = 0; i < 1000; i++) limits.attempt(attempt())?.();
    expect(limits.attempt(attempt())).toBeDefined();
  });

  it("hold back guesses at one account from ever so many addresses, and at no other", () => {
    const limits = new SignInLimits(() => 0);
    expect(allowed(limits, 400, (i) => attempt({ network: `10.0.0.${i % 40}` }))).toBe(fromElsewhere.burst);
    expect(limits.attempt(attempt({ network: "10.0.0.1", email: "b@x.test" }))).toBeDefined();
  });

  it("forgive guesses from elsewhere slowly", () => {
    let now = 0;
    const limits = new SignInLimits(() => now);
    const hour = () => allowed(limits, 400, (i) => attempt({ network: `10.0.${now / 1000}.${i}` }));
    hour();
    now = 3_600_000;
    expect(hour()).toBe(Math.min(fromElsewhere.burst, 3_600_000 / fromElsewhere.everyMs));
  });

  it("lock nobody out of their account where they have signed in before", () => {
    const limits = new SignInLimits(() => 0);
    allowed(limits, 400, (i) => attempt({ network: `10.0.0.${i % 40}` }));
    const network = attempt({ network: "192.0.2.7", knownNetwork: true });
    expect(allowed(limits, 50, () => network)).toBe(perAccount.burst);
    const device = attempt({ network: "10.0.0.1", knownDevice: "d" });
    expect(allowed(limits, 50, () => device)).toBe(perAccount.burst);
    expect(limits.attempt(attempt({ network: "10.0.0.1", knownDevice: "e" }))).toBeDefined();
  });

  it("lock nobody's device out of the account because its network floods", () => {
    const limits = new SignInLimits(() => 0);
    allowed(limits, 1000, (i) => attempt({ email: `${i}@x.test` }));
    expect(limits.attempt(attempt({ knownNetwork: true }))).toBeUndefined();
    expect(limits.attempt(attempt({ knownDevice: "d" }))).toBeDefined();
  });
});
