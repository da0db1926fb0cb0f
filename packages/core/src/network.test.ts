import { describe, expect, it } from "vitest";
import { networkOf, plainAddress } from "./network.js";

describe("the network of an address", () => {
  it.each([
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0DB8:1:2::9", "2001:db8:1:2::/64"],
    ["2001:db8::9", "2001:db8:0:0::/64"],
    ["::ffff:c000:207", "192.0.2.7"],
    ["0:0:0:0:0:FFFF:192.0.2.7", "192.0.2.7"],
    ["64:ff9b::192.0.2.7", "64:ff9b:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["::", "0:0:0:0::/64"],
    ["nonsense", "nonsense"],
    [null, ""],
  ])("of %s is %s", (ip, network) => {
    expect(networkOf(ip)).toBe(network);
  });

  it("is one for all that the holder of a /64 can make up", () => {
    const made = Array.from({ length: 100 }, (_, i) => networkOf(`2001:db8:a:b:${i.toString(16)}::1`));
    expect(new Set(made).size).toBe(1);
  });
});

it.each([
  ["192.0.2.7", "192.0.2.7"],
  ["::ffff:192.0.2.7", "192.0.2.7"],
  ["::FFFF:C000:0207", "192.0.2.7"],
  ["2001:DB8::7", "2001:db8::7"],
  ["2001:0db8:0000::0001", "2001:db8::1"],
  ["2001:db8:0:1:0:0:0:1", "2001:db8:0:1::1"],
  ["0:0:0:0:0:0:0:1", "::1"],
  ["::192.0.2.7", "::c000:207"],
  ["fe80::1%eth0", "fe80::1%eth0"],
  ["192.0.2.7:80", null],
  ["192.0.2.07", null],
  ["[::1]", null],
  ["onrecord.example", null],
  ["", null],
])("%s is written as %s", (text, plain) => {
  expect(plainAddress(text)).toBe(plain);
});
