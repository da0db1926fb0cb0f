import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Span } from "./span.js";
import { ending, Tracer, traced } from "./tracer.js";

function recording(ratio = 1, random?: () => number) {
  const spans: Span[] = [];
  const sink = { add: (span: Span) => void spans.push(span), [Symbol.asyncDispose]: async () => undefined };
  return { spans, tracer: new Tracer(sink, { ratio, parentBased: false }, random) };
}

describe("a tracer", () => {
  it("makes spans below the one that is worked on, through promises and timers", async () => {
    const { tracer, spans } = recording();
    const root = tracer.begin("request", undefined);
    await ending(root, () =>
      tracer.run(root, async () => {
        await delay(1);
        await traced(
          tracer,
          () => ["outer", {}],
          async () => {
            await delay(1);
            await traced(
              tracer,
              () => ["inner", {}],
              () => delay(1),
            );
          },
        );
      }),
    );
    const [inner, outer, request] = spans;
    expect(spans.map(({ name }) => name)).toEqual(["inner", "outer", "request"]);
    expect([inner!.parentId, outer!.parentId, request!.parentId]).toEqual([
      outer!.id,
      request!.id,
      undefined,
    ]);
    expect(new Set(spans.map(({ trace }) => trace.id)).size).toBe(1);
  });

  it("makes nothing below what is not traced, and does not even ask what it would say", async () => {
    const { tracer, spans } = recording(0.05, () => 0.05);
    const root = tracer.begin("request", undefined);
    expect(root).toBeUndefined();
    const describe = () => expect.unreachable() as never;
    expect(await tracer.run(root, () => traced(tracer, describe, async () => 7))).toBe(7);
    expect(spans).toEqual([]);
  });

  it("takes no spans from what goes on when a trace is over: that is for somebody else", async () => {
    const { tracer, spans } = recording();
    const root = tracer.begin("request", undefined)!;
    const later = tracer.run(root, async () => {
      await delay(5);
      expect(tracer.current()).toBeUndefined();
      await traced(
        tracer,
        () => ["late", {}],
        async () => undefined,
      );
    });
    root.end();
    root.end();
    await later;
    expect(spans.map(({ name }) => name)).toEqual(["request"]);
  });

  it("cuts what goes on for ever", async () => {
    const { tracer, spans } = recording();
    const root = tracer.begin("request", undefined)!;
    await tracer.run(root, async () => {
      for (let i = 0; i < 5000; i++)
        await traced(
          tracer,
          () => ["statement", {}],
          async () => undefined,
        );
    });
    root.end();
    expect(spans).toHaveLength(500);
  });

  it("says of a failure its code, and of one without a code of ours no word", async () => {
    const { tracer, spans } = recording();
    const fail = async (error: unknown) =>
      ending(tracer.begin("request", undefined), () => Promise.reject(error)).catch(() => undefined);
    await fail(Object.assign(new Error("secret"), { code: "NOT_FOUND" }));
    await fail(new Error("secret"));
    await fail(Object.assign(new Error(""), { code: "a whole secret sentence, with words" }));
    expect(spans.map(({ fault }) => fault)).toEqual(["NOT_FOUND", "INTERNAL", "INTERNAL"]);
  });

  it("draws for the share that was asked for, whatever ids callers choose", () => {
    let draw = 0;
    const { tracer } = recording(0.25, () => (draw++ % 4) / 4);
    const header = `00-${"0".repeat(31)}1-${"0".repeat(15)}1-01`;
    let traced = 0;
    for (let i = 0; i < 4000; i++) if (tracer.begin("request", { header })) traced++;
    expect(traced).toBe(1000);
  });

  it("traces of another process of ours what that traces, and nothing else", () => {
    const { tracer } = recording(1);
    const header = (flags: string) => `00-${"a".repeat(32)}-${"b".repeat(16)}-${flags}`;
    expect(tracer.begin("part", { header: header("01"), ours: true })).toMatchObject({
      parentId: "b".repeat(16),
      trace: { id: "a".repeat(32) },
    });
    expect(tracer.begin("part", { header: header("00"), ours: true })).toBeUndefined();
    expect(tracer.begin("part", { header: undefined, ours: true })).toBeUndefined();
  });
});
