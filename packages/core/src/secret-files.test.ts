import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readConfig } from "./config.js";

const dir = mkdtempSync(join(tmpdir(), "onrecord-secrets-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const file = (name: string, text: string) => {
  writeFileSync(join(dir, name), text);
  return join(dir, name);
};

describe("secrets as files", () => {
  it("are read without the line ends that editors leave, addresses and passwords alike", () => {
    const password = "a/b:c@d e%f?g#h";
    const { secrets, config } = readConfig({
      DATABASE_URL: "postgres://onrecord_audit@db:5432/onrecord",
      DATABASE_PASSWORD_FILE: file("password", `${password}\n`),
      DATABASE_URL_COLLAB_FILE: file("collab", "postgres://collab:x@db/onrecord\r\n"),
      DATABASE_URL_AUDIT: "postgres://audit@db/onrecord",
      DATABASE_PASSWORD_AUDIT_FILE: file("audit", "of the audit"),
      NATS_URL: "nats://onrecord@nats:4222",
      NATS_PASSWORD_FILE: file("nats", password),
      ONRECORD_SERVICE_SECRET_FILE: file("secret", `${"s".repeat(32)}\n`),
      OTEL_EXPORTER_OTLP_HEADERS_FILE: file("headers", "x-token=of%20ours\n"),
    });
    expect(secrets.traceHeaders).toEqual({ "x-token": "of ours" });
    const url = new URL(secrets.databaseUrl!);
    expect([url.username, decodeURIComponent(url.password), url.host]).toEqual([
      "onrecord_audit",
      password,
      "db:5432",
    ]);
    expect(secrets.loginUrls.collab).toBe("postgres://collab:x@db/onrecord");
    expect(secrets.loginUrls.audit).toBe("postgres://audit:of%20the%20audit@db/onrecord");
    expect(config.bus).toMatchObject({ kind: "nats" });
    expect(decodeURIComponent(new URL((config.bus as { url: string }).url).password)).toBe(password);
    expect(secrets.serviceSecret).toBe("s".repeat(32));
  });

  it.each<[string, Record<string, string>, string]>([
    ["one that is not there", { DATABASE_URL_FILE: join(dir, "none") }, "cannot be read"],
    ["an empty one", { DATABASE_URL_FILE: file("empty", "\n") }, "is empty"],
    [
      "one beside the variable",
      { DATABASE_URL: "postgres://a:b@c/d", DATABASE_URL_FILE: file("x", "y") },
      "both set",
    ],
    ["a password without an address", { DATABASE_PASSWORD: "x" }, "names a user and no password"],
    ["a second password", { NATS_URL: "nats://a:b@c", NATS_PASSWORD: "x" }, "names a user and no password"],
    ["a folder", { ONRECORD_SERVICE_SECRET_FILE: dir }, "EISDIR"],
  ])("are told when they are wrong: %s", (_what, env, sentence) => {
    expect(() => readConfig(env)).toThrow(sentence);
  });

  it("come from systemd under their own names; what else is there is not looked at", () => {
    const given = mkdtempSync(join(dir, "credentials-"));
    writeFileSync(join(given, "onrecord_DATABASE_PASSWORD"), "of systemd\n");
    writeFileSync(join(given, "onrecord_PORT"), "1");
    writeFileSync(join(given, "other_NATS_URL"), "nats://a:b@c");
    const env = { CREDENTIALS_DIRECTORY: given, DATABASE_URL: "postgres://owner@db/onrecord" };
    const { config, secrets } = readConfig(env);
    expect(secrets.databaseUrl).toBe("postgres://owner:of%20systemd@db/onrecord");
    expect([config.port, config.bus.kind]).toEqual([4000, "postgres"]);
    expect(() => readConfig({ ...env, DATABASE_PASSWORD: "x" })).toThrow("both set");
  });

  it("stay closed under other names: not every path of the environment is read", () => {
    expect(
      readConfig({ SSL_CERT_FILE: join(dir, "none"), LOG_LEVEL_FILE: join(dir, "none") }).config.logLevel,
    ).toBe("warn");
  });
});
