import { hostname } from "node:os";
import { resolve } from "node:path";
import { isRange } from "./address-ranges.js";
import { AppError } from "./errors.js";
import { type KeySecrets, type KeySettings, readKeySettings } from "./key-settings.js";
import { type Limits, readLimits } from "./limits.js";
import { withSecrets } from "./secret-files.js";
import { readTraceHeaders, readTracing, type TracingConfig } from "./tracing.js";

/** The subgraphs. */
export const subgraphNames = ["identity", "permissions", "documents", "audit"] as const;
export type SubgraphName = (typeof subgraphNames)[number];

/** The services that connect to the database, each with a login of its own. */
export const loginNames = [...subgraphNames, "collab", "gateway"] as const;
export type LoginName = (typeof loginNames)[number];

/** Everything a process is told from outside, checked; safe to log (secrets live in `Secrets`). */
export interface Config {
  readonly production: boolean;
  readonly host: string;
  readonly port: number;
  /** The address that people use, where it is not what is listened on; `https:` says that a proxy with TLS stands before it. */
  readonly publicUrl: string | undefined;
  /** Further host names under which requests are taken, in lower case and without ports. */
  readonly allowedHosts: readonly string[];
  /** Proxies that are believed when they say whom they heard: addresses and ranges, as `AddressRanges` takes them. */
  readonly trustedProxies: readonly string[];
  /** Absolute path of the data directory: embedded Postgres, keys, files. */
  readonly dataDir: string;
  readonly database: { readonly kind: "embedded" } | { readonly kind: "external" };
  readonly bus: { readonly kind: "postgres" } | { readonly kind: "nats"; readonly url: string };
  readonly demo: boolean;
  /** Somebody said so, and it is not only what is usual outside production. */
  readonly demoAsked: boolean;
  readonly logLevel: string;
  /** What operators call this process: in each line of its log. */
  readonly nodeName: string;
  /** Where the subgraphs answer when they run in other processes. */
  readonly subgraphUrls: Readonly<Partial<Record<SubgraphName, string>>>;
  /** Where the collaboration server answers when it runs in another process. */
  readonly collabUrl: string | undefined;
  readonly limits: Limits;
  /** What wraps data keys, and which key services can be asked. */
  readonly keys: KeySettings;
  /** Where traces go; undefined: none are made. */
  readonly tracing: TracingConfig | undefined;
  /** The commit that this build was made of, where whoever built it said so. */
  readonly commit: string | undefined;
}

/** What must never be logged. */
export interface Secrets {
  /** Connection string of the process's login; absent with the embedded database. */
  readonly databaseUrl: string | undefined;
  /** Those of services that have a login of their own in this process; the others go by `databaseUrl`. */
  readonly loginUrls: Readonly<Partial<Record<LoginName, string>>>;
  /** Connection string of the schema's owner, for migrations; `databaseUrl` serves when absent. */
  readonly databaseAdminUrl: string | undefined;
  /** Signs the principal that the gateway sends to subgraphs in other processes; made up and kept in the data directory when absent. */
  readonly serviceSecret: string | undefined;
  readonly demoPassword: string;
  /** What backups are sealed with, or the file whose first line it is; asked for on the terminal when both are absent. */
  readonly backupPassphrase: string | undefined;
  readonly backupPassphraseFile: string | undefined;
  /** What a reader of `/metrics` must bring. */
  readonly metricsToken: string | undefined;
  readonly keys: KeySecrets;
  /** Lets traces into the collector. */
  readonly traceHeaders: Readonly<Record<string, string>>;
}

/** A host name or address without a port: no wildcards, since whoever has a name below could then be taken for us. */
const HOST_NAME = /^(?:[a-z0-9_](?:[a-z0-9._-]{0,252})|\[?[0-9a-f:.]*:[0-9a-f:.]*\]?)$/;

/** It stands in logs and labels. */
const NODE_NAME = /^[\w.-]{1,64}$/;

type Env = Readonly<Record<string, string | undefined>>;

/** What this process is called; the machine's name where nothing fit is given. */
export function readNodeName(env: Env, fault: (sentence: string) => void = () => undefined): string {
  const given = env.ONRECORD_NODE_NAME?.trim() || undefined;
  if (given === undefined) return hostname();
  if (NODE_NAME.test(given)) return given;
  fault("ONRECORD_NODE_NAME has at most 64 letters, digits, dots, hyphens and underscores.");
  return hostname();
}

/** Reads configuration and secrets from environment variables. Throws one BAD_CONFIG error with a sentence per fault. */
export function readConfig(given: Env): { config: Config; secrets: Secrets } {
  const faults: string[] = [];
  const fault = (sentence: string) => void faults.push(sentence);
  const env = withSecrets(given, fault);
  const text = (name: string) => env[name]?.trim() || undefined;

  const url = (name: string, protocols: readonly string[]) => {
    const value = text(name);
    if (value === undefined) return undefined;
    if (URL.canParse(value) && protocols.includes(new URL(value).protocol)) return value;
    return fault(`${name} must be a URL that starts with ${protocols.map((p) => `${p}//`).join(" or ")}.`);
  };
  const oneOf = <T extends string>(name: string, values: readonly T[], fallback: T): T => {
    const value = text(name);
    if (value === undefined) return fallback;
    const found = values.find((v) => v === value);
    if (found === undefined) fault(`${name} must be one of ${values.join(", ")}; it is "${value}".`);
    return found ?? fallback;
  };

  const production = text("NODE_ENV") === "production";
  const port = Number(text("PORT") ?? 4000);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    fault(`PORT must be a whole number from 0 to 65535; it is "${env.PORT}".`);

  const publicUrl = url("ONRECORD_PUBLIC_URL", ["http:", "https:"]) || undefined;
  const list = (name: string) =>
    (text(name) ?? "")
      .split(",")
      .map((item) => item.trim().toLowerCase())
      .filter((item) => item !== "");
  const allowedHosts = list("ONRECORD_ALLOWED_HOSTS");
  for (const name of allowedHosts)
    if (!HOST_NAME.test(name))
      fault(`ONRECORD_ALLOWED_HOSTS lists host names without ports, separated by commas; "${name}" is none.`);
  const trustedProxies = list("ONRECORD_TRUSTED_PROXIES");
  for (const range of trustedProxies)
    if (!isRange(range))
      fault(
        `ONRECORD_TRUSTED_PROXIES lists addresses and ranges as 10.0.0.0/8 or 2001:db8::/32, separated by commas; "${range}" is none.`,
      );

  const databaseUrl = url("DATABASE_URL", ["postgres:", "postgresql:"]) || undefined;
  const databaseAdminUrl = url("DATABASE_ADMIN_URL", ["postgres:", "postgresql:"]) || undefined;
  if (databaseAdminUrl && text("DATABASE_URL") === undefined)
    fault("DATABASE_ADMIN_URL is set but DATABASE_URL is not; set both or neither.");
  const loginUrls: Partial<Record<LoginName, string>> = {};
  for (const name of loginNames) {
    const variable = `DATABASE_URL_${name.toUpperCase()}`;
    const value = url(variable, ["postgres:", "postgresql:"]);
    if (value) loginUrls[name] = value;
    if (value && text("DATABASE_URL") === undefined)
      fault(`${variable} is set but DATABASE_URL is not; set both or neither.`);
  }
  const natsUrl = url("NATS_URL", ["nats:", "tls:"]) || undefined;
  const serviceSecret = text("ONRECORD_SERVICE_SECRET");
  if (serviceSecret !== undefined && serviceSecret.length < 32)
    fault("ONRECORD_SERVICE_SECRET must have at least 32 characters.");
  const metricsToken = text("ONRECORD_METRICS_TOKEN");
  if (metricsToken !== undefined && !/^[\x21-\x7e]{16,}$/.test(metricsToken))
    fault("ONRECORD_METRICS_TOKEN must have at least 16 characters, of ASCII and without spaces.");
  const demoPassword = text("ONRECORD_DEMO_PASSWORD") ?? "onrecord-demo";
  if (demoPassword.length < 8) fault("ONRECORD_DEMO_PASSWORD must have at least 8 characters.");

  const subgraphUrls: Partial<Record<SubgraphName, string>> = {};
  for (const name of subgraphNames) {
    const value = url(`SUBGRAPH_${name.toUpperCase()}_URL`, ["http:", "https:"]);
    if (value) subgraphUrls[name] = value;
  }

  const keys = readKeySettings(env, fault);
  const config: Config = {
    production,
    host: text("HOST") ?? "127.0.0.1",
    port,
    publicUrl,
    allowedHosts,
    trustedProxies,
    dataDir: resolve(text("ONRECORD_DATA") ?? ".onrecord"),
    database: databaseUrl ? { kind: "external" } : { kind: "embedded" },
    bus: natsUrl ? { kind: "nats", url: natsUrl } : { kind: "postgres" },
    demo: oneOf("ONRECORD_DEMO", ["0", "1"], production ? "0" : "1") === "1",
    demoAsked: text("ONRECORD_DEMO") === "1",
    logLevel: oneOf("LOG_LEVEL", ["trace", "debug", "info", "warn", "error", "silent"], "warn"),
    nodeName: readNodeName(env, fault),
    subgraphUrls,
    collabUrl: url("COLLAB_URL", ["http:", "https:"]) || undefined,
    limits: readLimits(env, fault),
    keys: keys.settings,
    tracing: readTracing(env, fault),
    commit: text("ONRECORD_COMMIT"),
  };
  const traceHeaders = readTraceHeaders(env, fault);
  if (faults.length > 0) {
    throw new AppError("BAD_CONFIG", faults.join("\n"), {
      reasons: faults.map((sentence) => ({ id: "config", text: sentence })),
    });
  }
  const backup = {
    // As it is: a space may be part of it.
    backupPassphrase: env.ONRECORD_BACKUP_PASSPHRASE || undefined,
    backupPassphraseFile: text("ONRECORD_BACKUP_PASSPHRASE_FILE"),
  };
  const secrets = {
    databaseUrl,
    loginUrls,
    databaseAdminUrl,
    serviceSecret,
    demoPassword,
    metricsToken,
    keys: keys.secrets,
    traceHeaders,
    ...backup,
  };
  return { config, secrets };
}
