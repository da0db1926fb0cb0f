import { until } from "@onrecord/core/testing/until";
import { expect, it } from "vitest";
import { otlpReceiver } from "../testing/receiver.js";
import { OtlpExporter } from "./exporter.js";
import { Span } from "./span.js";

const resource = { "service.name": "onrecord", "service.instance.id": "one" };
const spanOf = (name: string) => {
  const span = new Span({ id: "a".repeat(32), spans: 1, ended: false }, undefined, name, 2, () => undefined);
  span.set({ text: "a", whole: 3, part: 0.5, yes: true });
  span.end();
  return span;
};

it("sends what it has in its end, in the form that collectors take", async () => {
  await using receiver = await otlpReceiver();
  const exporter = new OtlpExporter(
    { url: `${receiver.url}/v1/traces`, headers: {}, delayMs: 50 },
    resource,
    () => undefined,
  );
  for (let i = 0; i < 1200; i++) exporter.add(spanOf(`span ${i}`));
  await exporter[Symbol.asyncDispose]();
  expect(receiver.spans.map(({ name }) => name)).toEqual(Array.from({ length: 1200 }, (_, i) => `span ${i}`));
  expect(exporter.exported).toEqual({ sent: 1200, dropped: 0, failed: 0 });
  const [{ startTimeUnixNano, attributes, instance }] = receiver.spans as [(typeof receiver.spans)[0]];
  expect(instance).toBe("one");
  expect(startTimeUnixNano).toMatch(/^\d{16}000$/);
  expect(attributes).toEqual([
    { key: "text", value: { stringValue: "a" } },
    { key: "whole", value: { intValue: "3" } },
    { key: "part", value: { doubleValue: 0.5 } },
    { key: "yes", value: { boolValue: true } },
  ]);
});

it("holds no more than its bound for a collector that is away, says so once, and ends", async () => {
  const reasons: string[] = [];
  // The discard port: nobody listens there.
  const exporter = new OtlpExporter(
    { url: "http://127.0.0.1:9/v1/traces", headers: {}, delayMs: 50 },
    resource,
    (reason) => reasons.push(reason),
  );
  for (let i = 0; i < 10_000; i++) exporter.add(spanOf("span"));
  expect(exporter.waiting).toBe(4096);
  expect(exporter.exported.dropped).toBe(10_000 - 4096);
  await until(() => exporter.exported.failed > 0, "the first to be lost");
  await exporter[Symbol.asyncDispose]();
  expect(reasons).toHaveLength(1);
  exporter.add(spanOf("late"));
  expect(exporter.exported.dropped).toBe(10_000 - 4096 + 1);
});
