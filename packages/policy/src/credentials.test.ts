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
    expect(isCrossSite(asking({ host }))).toBe(false);
    expect(isCrossSite(asking({ host, origin: "https://onrecord.example:4000" }))).toBe(false);
    for (const origin of [
      "https://evil.example",
      "https://onrecord.example",
      "https://onrecord.example:4000.evil.example",
      "null",
      "",
    ])
      expect(isCrossSite(asking({ host, origin })), origin).toBe(true);
    expect(isCrossSite(asking({ origin: "https://onrecord.example" }))).toBe(true);
  });
});
