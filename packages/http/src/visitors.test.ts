import { createServer, type OutgoingHttpHeaders, request } from "node:http";
import type { AddressInfo } from "node:net";
import type { Visitor } from "@onrecord/core/visitor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Disbelief, Visitors } from "./visitors.js";

let visitors: Visitors;
let told: [string, Disbelief][] = [];
let seen: Visitor;
const server = createServer((request, response) => {
  seen = visitors.of(request);
  response.end();
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
afterAll(() => server.close());

/** Who a request with these headers comes from, sent by the proxy at 127.0.0.1, or from another address of this machine. */
async function visitor(headers: OutgoingHttpHeaders, { from = "127.0.0.1", trusted = proxies } = {}) {
  told = [];
  visitors = new Visitors({ trustedProxies: trusted, disbelieved: (...what) => told.push(what) });
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve, reject) => {
    const asking = request({ port, host: "127.0.0.1", localAddress: from, headers }, (answer) =>
      answer.resume().once("end", resolve),
    );
    asking.once("error", reject).end();
  });
  return seen;
}
const proxies = ["127.0.0.1", "10.0.0.0/8", "2001:db8:ffff::/48"];
const proxy = "127.0.0.1";

describe("who X-Forwarded-For says", () => {
  it.each<[string | string[], string]>([
    ["203.0.113.7", "203.0.113.7"],
    // A stranger writes what they like on the left.
    ["198.51.100.9, 203.0.113.7", "203.0.113.7"],
    ["198.51.100.9, 203.0.113.7, 10.0.0.3, 10.9.9.9", "203.0.113.7"],
    ["nonsense, \"', 203.0.113.7, 10.0.0.3", "203.0.113.7"],
    [["198.51.100.9", "203.0.113.7", "10.0.0.3"], "203.0.113.7"],
    ["203.0.113.7:4711", "203.0.113.7"],
    ["[2001:db8::7]:4711", "2001:db8::7"],
    ["[2001:DB8::7]", "2001:db8::7"],
    ["2001:db8::7, 2001:db8:ffff::1", "2001:db8::7"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
    ["203.0.113.7, ::ffff:10.0.0.3", "203.0.113.7"],
    ["  203.0.113.7\t", "203.0.113.7"],
    // All of them are trusted: the outermost asked for itself.
    ["10.0.0.1, 10.0.0.2", "10.0.0.1"],
    // Whom a proxy does not name is not known; its own address is.
    ["unknown", proxy],
    ["203.0.113.7, unknown", proxy],
    ["203.0.113.7, unknown, 10.0.0.3", "10.0.0.3"],
    ["203.0.113.7, ", "203.0.113.7"],
    ["", proxy],
    ["203.0.113.7.9", proxy],
    ["203.0.113.0x7", proxy],
    ["203.0.113.7:port", proxy],
    ["2001:db8::7::", proxy],
    ["203.0.113.7, unix:", proxy],
    ["1".repeat(8000), proxy],
    [`203.0.113.7${", 10.0.0.1".repeat(900)}`, "10.0.0.1"],
    [`203.0.113.7${",".repeat(8000)}`, "203.0.113.7"],
    ["198.51.100.9, 203.0.113.7, ", "203.0.113.7"],
    [",", proxy],
    ["2001:0db8:0000::0001", "2001:db8::1"],
  ])("is, in %j, %s", async (header, ip) => {
    expect((await visitor({ "x-forwarded-for": header })).ip).toBe(ip);
    expect(told).toEqual([]);
  });

  it("goes through a Unix socket where those are trusted", async () => {
    const header = { "x-forwarded-for": "203.0.113.7, unix:, 10.0.0.3" };
    expect((await visitor(header)).ip).toBe("10.0.0.3");
    expect((await visitor(header, { trusted: [...proxies, "unix:"] })).ip).toBe("203.0.113.7");
  });
});

describe("who Forwarded says", () => {
  it.each<[string | string[], string]>([
    ["for=203.0.113.7", "203.0.113.7"],
    ["For=203.0.113.7; PROTO=https ;by=_us", "203.0.113.7"],
    ['for="203.0.113.7:4711"', "203.0.113.7"],
    ['for="[2001:db8::7]:4711"', "2001:db8::7"],
    ['for="[2001:db8::7]:_port"', "2001:db8::7"],
    ["for=198.51.100.9, for=203.0.113.7,for=10.0.0.3", "203.0.113.7"],
    [["for=198.51.100.9", "for=203.0.113.7", "for=10.0.0.3"], "203.0.113.7"],
    ['for=203.0.113.7;host="a,b;c=\\"d", for=10.0.0.3;host="x=\\"y"', "203.0.113.7"],
    // A quotation that a stranger leaves open takes in nothing that a proxy adds.
    ['for="198.51.100.9, for=203.0.113.7', "203.0.113.7"],
    ['for=198.51.100.9;x=", for="[2001:db8::7]"', "2001:db8::7"],
    ['for=198.51.100.9;x="\\, for="[2001:db8::7]"', "2001:db8::7"],
    ['for=198.51.100.9;x=", for=10.0.0.3;by="_y", for="[2001:db8::7]"', "2001:db8::7"],
    ["for=unknown", proxy],
    ["for=_hidden, for=10.0.0.3", "10.0.0.3"],
    ["for=203.0.113.7;for=198.51.100.9", proxy],
    ["for=[2001:db8::7]", proxy],
    ['for="203.0.113.7', proxy],
    ['"for=203.0.113.7"', proxy],
    ["for=203.0.113.7 by=x", proxy],
    ["for", proxy],
    [";", proxy],
    ["", proxy],
    ['="'.repeat(4000), proxy],
    ["for=,".repeat(3000), proxy],
    ["for=198.51.100.9, for=203.0.113.7,", "203.0.113.7"],
    ['for="[2001:0db8:0000::0001]",', "2001:db8::1"],
  ])("is, in %j, %s", async (header, ip) => {
    expect((await visitor({ Forwarded: header })).ip).toBe(ip);
    expect(told).toEqual([]);
  });

  it("is believed beside X-Forwarded-For only where both say the same", async () => {
    const same = { forwarded: "for=203.0.113.7", "x-forwarded-for": "198.51.100.9, 203.0.113.7" };
    expect((await visitor(same)).ip).toBe("203.0.113.7");
    const other = { ...same, forwarded: "for=198.51.100.9" };
    expect((await visitor(other)).ip).toBe(proxy);
    expect(told).toEqual([[proxy, "contradiction"]]);
    const scheme = { "x-forwarded-for": "203.0.113.7", forwarded: "proto=https;host=a.example" };
    expect(await visitor(scheme)).toEqual({ ip: "203.0.113.7", host: "a.example", https: true });
    const swapped = { forwarded: "for=203.0.113.7", "x-forwarded-proto": "https" };
    expect(await visitor(swapped)).toMatchObject({ ip: "203.0.113.7", https: true });
    expect(told).toEqual([]);
  });
});

describe("how it was asked", () => {
  it.each<[OutgoingHttpHeaders, Partial<Visitor>]>([
    [{}, { ip: proxy, host: "inside:1", https: null }],
    [{ "x-forwarded-proto": "https" }, { ip: proxy, https: true }],
    [{ "x-forwarded-proto": "HTTP" }, { https: false }],
    [{ "x-forwarded-proto": "ftp" }, { https: null }],
    [{ "x-forwarded-host": "a.example" }, { host: "a.example" }],
    [{ "x-forwarded-host": "a".repeat(300) }, { host: "inside:1" }],
    // The outermost proxy that is trusted tells how the person asked, and whoever is beyond it nothing.
    [{ "x-forwarded-for": "203.0.113.7, 10.0.0.3", "x-forwarded-proto": "https, http" }, { https: true }],
    [{ "x-forwarded-for": "203.0.113.7, 10.0.0.3", "x-forwarded-proto": "https" }, { https: true }],
    [
      { "x-forwarded-for": "1.1.1.1, 203.0.113.7", "x-forwarded-proto": "https, http" },
      { ip: "203.0.113.7", https: false },
    ],
    [
      { "x-forwarded-for": "203.0.113.7", "x-forwarded-host": "evil.example, a.example" },
      { host: "a.example" },
    ],
    [{ forwarded: "for=203.0.113.7;proto=https;host=a.example, for=10.0.0.3;proto=http" }, { https: true }],
    [
      { forwarded: "for=1.1.1.1;proto=https;host=evil.example, for=203.0.113.7" },
      { https: null, host: "inside:1" },
    ],
  ])("is told by %j: %j", async (headers, expected) => {
    expect(await visitor({ host: "inside:1", ...headers })).toMatchObject(expected);
  });
});

it("nobody is believed but trusted proxies, and whoever tries is told of", async () => {
  const headers = {
    host: "inside:1",
    "x-forwarded-for": "203.0.113.7",
    forwarded: "for=203.0.113.7;proto=https",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "a.example",
  };
  const own = { ip: "127.0.0.9", host: "inside:1", https: null };
  expect(await visitor(headers, { from: "127.0.0.9" })).toEqual(own);
  expect(told).toEqual([["127.0.0.9", "untrusted-peer"]]);
  expect(await visitor({ host: "inside:1" }, { from: "127.0.0.9" })).toEqual(own);
  expect(told).toEqual([]);
  expect((await visitor(headers, { trusted: [] })).ip).toBe(proxy);
});
