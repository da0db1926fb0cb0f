import { describe, expect, it } from "vitest";
import { AddressRanges, insideAddresses, isRange } from "./address-ranges.js";

describe("ranges of addresses", () => {
  const ranges = new AddressRanges([
    "10.0.0.0/8",
    "192.0.2.7",
    "2001:db8::/32",
    "::1",
    "::ffff:198.51.100.1",
  ]);
  it.each([
    ["10.255.0.1", true],
    ["11.0.0.1", false],
    ["192.0.2.7", true],
    ["192.0.2.8", false],
    ["198.51.100.1", true],
    ["2001:db8:ffff::1", true],
    ["2001:db9::1", false],
    ["::1", true],
    ["::2", false],
    ["unix:", false],
  ])("have %s: %s", (address, has) => {
    expect(ranges.has(address)).toBe(has);
  });

  it("have Unix sockets when told so", () => {
    expect(new AddressRanges(["unix:"]).has("unix:")).toBe(true);
    expect(new AddressRanges(["unix:"]).has("127.0.0.1")).toBe(false);
  });

  it("can be everybody, of one kind", () => {
    expect(new AddressRanges(["0.0.0.0/0"]).has("203.0.113.1")).toBe(true);
    expect(new AddressRanges(["0.0.0.0/0"]).has("2001:db8::1")).toBe(false);
  });

  it("know what is inside", () => {
    for (const address of ["127.0.0.1", "10.1.2.3", "172.31.0.1", "100.64.0.1", "fe80::1%eth0", "fd00::1"])
      expect(insideAddresses.has(address), address).toBe(true);
    for (const address of ["172.32.0.1", "203.0.113.1", "2001:db8::1"])
      expect(insideAddresses.has(address), address).toBe(false);
  });

  it.each(["10.0.0.0/8", "10.0.0.1", "::1", "2001:db8::/0", "unix:"])("%j is one", (text) => {
    expect(isRange(text)).toBe(true);
  });
  it.each([
    "10.0.0.0/08",
    "10.0.0.0/33",
    "10.0.0/8",
    "a/8",
    "::1/129",
    "::1/8/8",
    "fe80::1%eth0",
    "",
    "unix",
  ])("%j is none", (text) => {
    expect(isRange(text)).toBe(false);
  });
});
