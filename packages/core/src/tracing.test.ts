import { describe, expect, it } from "vitest";
import { readTraceHeaders, readTracing } from "./tracing.js";

const read = (env: Record<string, string>) => {
  const faults: string[] = [];
  const config = readTracing(env, (sentence) => faults.push(sentence));
  return { config, faults };
};
const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318/" };

describe("the settings of traces", () => {
  it("are none until a collector is named, whatever else is set", () => {
    expect(read({ OTEL_TRACES_SAMPLER_ARG: "nonsense" })).toEqual({ config: undefined, faults: [] });
    expect(read({ ...endpoint, OTEL_SDK_DISABLED: "true" })).toEqual({ config: undefined, faults: [] });
  });

  it("have a share of a twentieth, which callers cannot raise, unless told otherwise", () => {
    expect(read(endpoint)).toEqual({
      config: {
        url: "http://collector:4318/v1/traces",
        serviceName: "onrecord",
        ratio: 0.05,
        parentBased: false,
        delayMs: 5000,
      },
      faults: [],
    });
    expect(
      read({ ...endpoint, OTEL_TRACES_SAMPLER: "parentbased_traceidratio", OTEL_TRACES_SAMPLER_ARG: "0.5" }),
    ).toMatchObject({ config: { ratio: 0.5, parentBased: true } });
    expect(read({ ...endpoint, OTEL_TRACES_SAMPLER: "always_on" })).toMatchObject({ config: { ratio: 1 } });
    expect(read({ ...endpoint, OTEL_TRACES_SAMPLER: "always_off" })).toMatchObject({ config: { ratio: 0 } });
  });

  it.each([
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"],
    ["OTEL_TRACES_SAMPLER_ARG", "5 %"],
    ["OTEL_TRACES_SAMPLER_ARG", "1.5"],
    ["OTEL_TRACES_SAMPLER_ARG", "NaN"],
    ["OTEL_TRACES_SAMPLER", "sometimes"],
    ["OTEL_BSP_SCHEDULE_DELAY", "5s"],
    ["OTEL_BSP_SCHEDULE_DELAY", "0"],
    ["OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"],
  ])("say what is wrong with %s", (name, value) => {
    expect(read({ ...endpoint, [name]: value }).faults).toEqual([expect.stringContaining(name)]);
  });

  it("take headers as pairs, and do not repeat a faulty one", () => {
    const faults: string[] = [];
    const headers = (text: string) =>
      readTraceHeaders({ OTEL_EXPORTER_OTLP_HEADERS: text }, (fault) => faults.push(fault));
    expect(headers("")).toEqual({});
    expect(headers("authorization=Bearer%20abc, x-scope=a=b")).toEqual({
      authorization: "Bearer abc",
      "x-scope": "a=b",
    });
    expect(faults).toEqual([]);
    for (const wrong of ["secret", "=secret", "a name=secret", "a=%E0secret", "a=b%0asecret"]) headers(wrong);
    expect(faults).toHaveLength(5);
    expect(faults.join()).not.toContain("secret");
  });
});
