import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger } from "@onrecord/core/log";
import { HttpServer } from "@onrecord/http/http-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serveWeb } from "./web.js";

const resources = new AsyncDisposableStack();
let url: string;
let bare: string;

beforeAll(async () => {
  const root = await mkdtemp(join(tmpdir(), "onrecord-web-"));
  resources.defer(() => rm(root, { recursive: true, force: true }));
  await mkdir(join(root, "dist", "assets"), { recursive: true });
  await writeFile(join(root, "dist", "index.html"), "<!doctype html><title>Onrecord</title>");
  await writeFile(join(root, "dist", "assets", "app-1a2b.js"), "export {};");
  await writeFile(join(root, "secret.txt"), "secret");
  const open = async (folder: string | undefined) => {
    const http = resources.use(new HttpServer(createLogger("silent")));
    http.route("/", serveWeb(folder));
    return http.listen(0, "127.0.0.1");
  };
  url = await open(join(root, "dist"));
  bare = await open(undefined);
});
afterAll(() => resources.disposeAsync());

describe("the web app", () => {
  it.each(["/", "/documents/123", "/record?text=x"])(
    "answers %s with its page, which is asked for each time",
    async (path) => {
      const response = await fetch(`${url}${path}`);
      expect(await response.text()).toContain("<title>Onrecord</title>");
      expect(response.headers.get("cache-control")).toBe("no-cache");
    },
  );

  it("answers assets, whose names carry their hash, for good", async () => {
    const response = await fetch(`${url}/assets/app-1a2b.js`);
    expect(await response.text()).toBe("export {};");
    expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  });

  it("does not call a page the asset that is gone", async () => {
    expect((await fetch(`${url}/assets/app-old.js`)).status).toBe(404);
  });

  it("tells the browser what it may do", async () => {
    const { headers } = await fetch(url);
    const policy = headers.get("content-security-policy");
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/script-src[^;]*unsafe|\*/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("same-origin");
  });

  it("tells the browser the same when the page is as it was: what it keeps is replaced by what it is told then", async () => {
    const first = await fetch(url);
    await first.text();
    const again = await fetch(url, { headers: { "if-none-match": first.headers.get("etag")! } });
    expect(again.status).toBe(304);
    for (const name of ["content-security-policy", "referrer-policy", "x-content-type-options"])
      expect(again.headers.get(name)).toBe(first.headers.get(name));
  });

  it("shows nothing beside its folder", async () => {
    for (const path of [
      "/../secret.txt",
      "/%2e%2e/secret.txt",
      "/..%2fsecret.txt",
      "/assets/..%2f..%2fsecret.txt",
    ]) {
      expect(await (await fetch(`${url}${path}`)).text()).not.toContain("secret");
    }
  });

  it("is only read", async () => {
    expect((await fetch(url, { method: "POST", body: "x" })).status).toBe(405);
  });

  it("says how to build it when it is not built", async () => {
    expect(await (await fetch(bare)).text()).toContain("npm run build");
  });
});
