import { isAbsolute } from "node:path";
import { describe, expect, it } from "vitest";
import { readConfig } from "./config.js";
import { AppError } from "./errors.js";
import { limitCatalogue } from "./limits.js";

function faultsOf(env: Record<string, string>): string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error.code).toBe("BAD_CONFIG");
    expect(error.message.split("\n")).toEqual(error.reasons.map(({ text }) => text));
    return error.reasons.map(({ text }) => text);
  }
  return [];
}

describe("configuration", () => {
  it("has the defaults of the contract", () => {
    const { config, secrets } = readConfig({});
    expect(config).toMatchObject({
      host: "127.0.0.1",
      port: 4000,
      database: { kind: "embedded" },
      bus: { kind: "postgres" },
      demo: true,
      production: false,
      subgraphUrls: {},
      collabUrl: undefined,
    });
    expect(isAbsolute(config.dataDir)).toBe(true);
    expect(config.dataDir).toMatch(/\.onrecord$/);
    expect(secrets).toEqual({
      databaseUrl: undefined,
      loginUrls: {},
      databaseAdminUrl: undefined,
      serviceSecret: undefined,
      demoPassword: "onrecord-demo",
      metricsToken: undefined,
      keys: { aws: undefined, containerToken: undefined, vaultToken: undefined },
      traceHeaders: {},
    });
    for (const [name, { value }] of Object.entries(limitCatalogue))
      expect(config.limits).toHaveProperty(name, value);
  });

  it("knows by which names it is asked", () => {
    expect(readConfig({}).config).toMatchObject({ publicUrl: undefined, allowedHosts: [] });
    const { config } = readConfig({
      ONRECORD_PUBLIC_URL: "https://filings.example.test",
      ONRECORD_ALLOWED_HOSTS: " Inside.example.test, 10.0.0.1,::1 ,",
    });
    expect(config.publicUrl).toBe("https://filings.example.test");
    expect(config.allowedHosts).toEqual(["inside.example.test", "10.0.0.1", "::1"]);
  });

  it("knows which proxies to believe", () => {
    expect(readConfig({}).config.trustedProxies).toEqual([]);
    const ONRECORD_TRUSTED_PROXIES = "10.0.0.0/8, 2001:DB8::/32,::1 , unix:, ::ffff:192.0.2.1";
    expect(readConfig({ ONRECORD_TRUSTED_PROXIES }).config.trustedProxies).toEqual([
      "10.0.0.0/8",
      "2001:db8::/32",
      "::1",
      "unix:",
      "::ffff:192.0.2.1",
    ]);
  });

  it("takes a login for each service beside the process's", () => {
    const env = { DATABASE_URL_COLLAB: "postgres://onrecord_collab@db/onrecord" };
    expect(readConfig({ ...env, DATABASE_URL: "postgres://x@db/onrecord" }).secrets.loginUrls).toEqual({
      collab: env.DATABASE_URL_COLLAB,
    });
    expect(() => readConfig(env)).toThrow("DATABASE_URL_COLLAB is set but DATABASE_URL is not");
    expect(() => readConfig({ DATABASE_URL: "postgres://x@db/o", DATABASE_URL_AUDIT: "nonsense" })).toThrow(
      "DATABASE_URL_AUDIT",
    );
  });

  it("makes no demo firm in production unless told to", () => {
    expect(readConfig({ NODE_ENV: "production" }).config.demo).toBe(false);
    expect(readConfig({ NODE_ENV: "production", ONRECORD_DEMO: "1" }).config.demo).toBe(true);
    expect(readConfig({ ONRECORD_DEMO: "0" }).config.demo).toBe(false);
  });

  it.each([
    ["PORT", "http"],
    ["PORT", "65536"],
    ["PORT", "-1"],
    ["PORT", "1.5"],
    ["DATABASE_URL", "mysql://localhost/x"],
    ["DATABASE_URL", "not a url"],
    ["DATABASE_ADMIN_URL", "postgres://localhost/x"],
    ["NATS_URL", "http://localhost"],
    ["NATS_URL", "ws://localhost"],
    ["ONRECORD_SERVICE_SECRET", "short"],
    ["ONRECORD_DEMO_PASSWORD", "short"],
    ["ONRECORD_METRICS_TOKEN", "short"],
    ["ONRECORD_METRICS_TOKEN", "two words of a token"],
    ["ONRECORD_DEMO", "yes"],
    ["LOG_LEVEL", "loud"],
    ["COLLAB_URL", "ws://localhost"],
    ["ONRECORD_PUBLIC_URL", "filings.example.test"],
    ["ONRECORD_PUBLIC_URL", "ftp://filings.example.test"],
    ["ONRECORD_ALLOWED_HOSTS", "inside.example.test:8080"],
    ["ONRECORD_ALLOWED_HOSTS", "a.test, *.example.test"],
    ["ONRECORD_ALLOWED_HOSTS", "https://inside.example.test"],
    ["ONRECORD_TRUSTED_PROXIES", "proxy.example.test"],
    ["ONRECORD_TRUSTED_PROXIES", "10.0.0.0/33"],
    ["ONRECORD_TRUSTED_PROXIES", "10.0.0.1, 2001:db8::/129"],
    ["ONRECORD_TRUSTED_PROXIES", "10.0.0.0/"],
    ["ONRECORD_TRUSTED_PROXIES", "::ffff:10.0.0.0/104"],
    ["SUBGRAPH_AUDIT_URL", "localhost:1"],
    ...Object.values(limitCatalogue).flatMap(({ variable }) => [
      [variable, "0"],
      [variable, "-5"],
      [variable, "2.5"],
      [variable, "16MB"],
    ]),
  ])("answers %s=%s with one sentence that names it", (variable, value) => {
    const faults = faultsOf({ [variable!]: value! });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(variable);
    expect(faults[0]).toMatch(/\.$/);
  });

  it("tells all faults at once, and none that is not one", () => {
    const faults = faultsOf({
      PORT: "x",
      DATABASE_URL: "x",
      DATABASE_ADMIN_URL: "postgres://localhost/onrecord",
      LOG_LEVEL: "x",
      ONRECORD_MAX_ROOMS: "x",
    });
    expect(faults.map((fault) => fault.split(" ")[0])).toEqual([
      "PORT",
      "DATABASE_URL",
      "LOG_LEVEL",
      "ONRECORD_MAX_ROOMS",
    ]);
  });

  it("refuses what timers and Postgres cannot count", () => {
    expect(faultsOf({ ONRECORD_MAX_ANSWER_SECONDS: "1000000000", ONRECORD_POOL_SHARED: "99999" })).toEqual([
      'ONRECORD_MAX_ANSWER_SECONDS may be 1000000 at most; it is "1000000000".',
      'ONRECORD_POOL_SHARED may be 1000 at most; it is "99999".',
    ]);
  });

  it("never repeats a secret in a sentence", () => {
    const faults = faultsOf({
      DATABASE_URL: "mysql://u:hunter2@h/x",
      ONRECORD_SERVICE_SECRET: "hunter2",
      ONRECORD_DEMO_PASSWORD: "hunter2",
      NATS_URL: "http://u:hunter2@h",
    });
    expect(faults).toHaveLength(4);
    expect(faults.join()).not.toContain("hunter2");
  });

  it("takes an empty variable as one that is not set", () => {
    const { config } = readConfig({ PORT: " ", DATABASE_URL: "", ONRECORD_MAX_ROOMS: " 7 " });
    expect(config.port).toBe(4000);
    expect(config.database.kind).toBe("embedded");
    expect(config.limits.rooms).toBe(7);
  });
});
