import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { bearer, findCredential, isCrossSite } from "./credentials.js";

function asking(headers: Record<string, string>): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  Object.assign(request.headers, headers);
  return request;
}
const found = (headers: Record<string, string>, query?: string) =>
  findCredential(asking(headers), query === undefined ? undefined : new URLSearchParams(query));

describe("the credential of a request", () => {
  it("is a bearer token before a parameter before a cookie", () => {
    const cookie = "onrecord_session=from-cookie";
    const authorization = "Bearer from-header";
    expect(found({ authorization, cookie }, "token=from-query")).toEqual({
      token: "from-header",
      carrier: "bearer",
    });
    expect(found({ cookie }, "token=from-query")).toEqual({ token: "from-query", carrier: "query" });
    expect(found({ cookie }, "")).toEqual({ token: "from-cookie", carrier: "cookie" });
    expect(found({ cookie })).toEqual({ token: "from-cookie", carrier: "cookie" });
    expect(found({})).toBeUndefined();
  });

  it("is found among other cookies, by its whole name", () => {
    expect(found({ cookie: "a=1;  onrecord_session=t-1; b=2" })?.token).toBe("t-1");
    for (const cookie of [
      "xonrecord_session=t",
      "onrecord_session2=t",
      "onrecord_session=",
      "a=onrecord_session",
      "=",
      ";;",
    ])
      expect(found({ cookie }), cookie).toBeUndefined();
  });

  it("is no other scheme than Bearer", () => {
    expect(bearer("bearer  abc")).toBe("abc");
    expect(bearer(" Bearer abc ")).toBe("abc");
    for (const value of ["Basic abc", "Bearer", "Bearer a b", "abc", "", null, undefined])
      expect(bearer(value), String(value)).toBeUndefined();
  });
});

describe("a page of another site", () => {
  it("is known by its origin", () => {
    const host = "onrecord.example:4000";
    const visitor = { ip: null, host, https: null };
    expect(isCrossSite(asking({}), visitor)).toBe(false);
    expect(isCrossSite(asking({ origin: "https://onrecord.example:4000" }), visitor)).toBe(false);
    for (const origin of [
      "https://evil.example",
      "https://onrecord.example",
      "https://onrecord.example:4000.evil.example",
      "null",
      "",
    ])
      expect(isCrossSite(asking({ origin }), visitor), origin).toBe(true);
    const nowhere = { ...visitor, host: "" };
    expect(isCrossSite(asking({ origin: "https://onrecord.example" }), nowhere)).toBe(true);
  });

  it("is known by its origin also where a proxy told the host and the scheme", () => {
    const page = (origin: string, host: string, https: boolean | null) =>
      isCrossSite(asking({ origin, host: "inside:4000" }), { ip: null, host, https });
    expect(page("https://onrecord.example", "onrecord.example:443", true)).toBe(false);
    expect(page("https://onrecord.example", "OnRecord.example", true)).toBe(false);
    expect(page("http://onrecord.example", "onrecord.example", true)).toBe(true);
    expect(page("https://inside:4000", "onrecord.example", true)).toBe(true);
    // TLS may end before the proxy that told us: a page that came by TLS is no worse for it.
    expect(page("https://onrecord.example", "onrecord.example", false)).toBe(false);
  });
});
