/** Where traces go, and how many; the names are those of OpenTelemetry, so that what else runs there is told the same. */
export interface TracingConfig {
  /** Where spans are sent: OTLP over HTTP, in its JSON form. */
  readonly url: string;
  /** How this installation is called among others. */
  readonly serviceName: string;
  /** The share of requests and edits that are traced, from 0 to 1. */
  readonly ratio: number;
  /** Whether whoever calls from outside says what is traced. */
  readonly parentBased: boolean;
  /** How long spans gather before they are sent, in milliseconds. */
  readonly delayMs: number;
}

type Env = Readonly<Record<string, string | undefined>>;

const samplers = ["traceidratio", "parentbased_traceidratio", "always_on", "always_off"] as const;
const DEFAULT_RATIO = 0.05;
const DEFAULT_DELAY_MS = 5000;

/** Reads what is said of traces; undefined: none are made. Reports a sentence for each fault. */
export function readTracing(env: Env, fault: (sentence: string) => void): TracingConfig | undefined {
  const text = (name: string) => env[name]?.trim() || undefined;
  const endpoint = text("OTEL_EXPORTER_OTLP_ENDPOINT");
  if (endpoint === undefined || text("OTEL_SDK_DISABLED") === "true") return undefined;
  if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol))
    fault("OTEL_EXPORTER_OTLP_ENDPOINT must be a URL that starts with http:// or https://.");
  if (text("OTEL_EXPORTER_OTLP_PROTOCOL") === "grpc")
    fault(
      "OTEL_EXPORTER_OTLP_PROTOCOL is grpc, but traces are sent over HTTP: leave it out, and name the collector's HTTP port (4318).",
    );
  const sampler = text("OTEL_TRACES_SAMPLER") ?? "traceidratio";
  if (!samplers.some((name) => name === sampler))
    fault(`OTEL_TRACES_SAMPLER must be one of ${samplers.join(", ")}; it is "${sampler}".`);
  const share = Number(text("OTEL_TRACES_SAMPLER_ARG") ?? DEFAULT_RATIO);
  if (!(share >= 0 && share <= 1))
    fault(`OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1; it is "${env.OTEL_TRACES_SAMPLER_ARG}".`);
  const delayMs = Number(text("OTEL_BSP_SCHEDULE_DELAY") ?? DEFAULT_DELAY_MS);
  if (!Number.isSafeInteger(delayMs) || delayMs <= 0 || delayMs > 60_000)
    fault(
      `OTEL_BSP_SCHEDULE_DELAY must be a whole number of milliseconds from 1 to 60000; it is "${env.OTEL_BSP_SCHEDULE_DELAY}".`,
    );
  const ratio = sampler === "always_on" ? 1 : sampler === "always_off" ? 0 : share;
  return {
    url: `${endpoint.replace(/\/+$/, "")}/v1/traces`,
    serviceName: text("OTEL_SERVICE_NAME") ?? "onrecord",
    ratio,
    parentBased: sampler === "parentbased_traceidratio",
    delayMs,
  };
}

/** Headers for the collector, as `name=value` pairs with commas between them; values may be percent-encoded. They may be secrets. */
export function readTraceHeaders(env: Env, fault: (sentence: string) => void): Record<string, string> {
  const headers = new Headers();
  for (const pair of (env.OTEL_EXPORTER_OTLP_HEADERS ?? "").split(",")) {
    if (pair.trim() === "") continue;
    const at = pair.indexOf("=");
    try {
      headers.set(pair.slice(0, at).trim(), decodeURIComponent(pair.slice(at + 1).trim()));
      if (at < 1) throw new TypeError("no name");
    } catch {
      // What it says is not repeated: it may be a key.
      fault("OTEL_EXPORTER_OTLP_HEADERS must be pairs like name=value, separated by commas; one is not.");
    }
  }
  return Object.fromEntries(headers);
}
