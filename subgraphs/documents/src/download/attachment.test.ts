import { describe, expect, it } from "vitest";
import { contentDisposition, fileName } from "./attachment.js";

describe("a file name", () => {
  it.each([
    ["Q3 results", "Q3 results v4.txt"],
    ["../../etc/passwd", "etc passwd v4.txt"],
    ["C:\\autoexec.bat", "C autoexec.bat v4.txt"],
    ['a"; filename=evil.exe', "a filename=evil.exe v4.txt"],
    ["invoice\u202Egnp.exe", "invoice gnp.exe v4.txt"],
    ["x\r\nSet-Cookie: a=b", "x Set-Cookie a=b v4.txt"],
    ["...", "document v4.txt"],
    ["report\u3164\u2800\u200B.exe", "report .exe v4.txt"],
    ["公告", "公告 v4.txt"],
  ])("of %j is harmless", (title, name) => {
    expect(fileName(title, 4, "TEXT")).toBe(name);
  });

  it("is bounded", () => {
    expect([...fileName("📈".repeat(200), 1, "HTML")].length).toBeLessThan(140);
  });
});

describe("content-disposition", () => {
  it("gives the name in ASCII and exactly", () => {
    expect(contentDisposition("公告 (draft)'s v1.html")).toBe(
      `attachment; filename="__ (draft)'s v1.html"; filename*=UTF-8''%E5%85%AC%E5%91%8A%20%28draft%29%27s%20v1.html`,
    );
  });

  it("can be sent as a header whatever the title", () => {
    for (let code = 0; code < 0x3000; code++) {
      const value = contentDisposition(fileName(`a${String.fromCharCode(code)}b`, 1, "TEXT"));
      expect(() => new Headers({ "content-disposition": value })).not.toThrow();
      expect(value).toMatch(/^attachment; filename="[^"\\]+"; filename\*=UTF-8''[\w.%~!#$&+^`|-]+$/);
    }
  });
});
