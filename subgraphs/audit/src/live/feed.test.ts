import { createLogger } from "@onrecord/core/log";
import { Pump } from "@onrecord/ledger/pump";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Batch, Feed, type Source } from "./feed.js";

const log = createLogger("silent");
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A growing list of numbers; those from `held` on are committed but cannot be read yet. */
class Numbers implements Source<number, number> {
  readonly name = "numbers";
  count = 0;
  held = Number.POSITIVE_INFINITY;
  reads = 0;
  revisionNow = 1;
  afterRead: () => void = () => undefined;

  newest = async () => this.count;
  positionOf = (item: number) => item;
  compare = (a: number, b: number) => a - b;
  settled = async () => this.held > this.count;
  revision = async () => this.revisionNow;
  async read(after: number, limit: number): Promise<number[]> {
    this.reads++;
    const end = Math.min(this.count, this.held - 1, after + limit);
    const items = Array.from({ length: Math.max(0, end - after) }, (_, i) => after + i + 1);
    this.afterRead();
    return items;
  }
}

async function gather(batches: AsyncGenerator<Batch<number>>, into: number[]): Promise<void> {
  for await (const { items } of batches) into.push(...items);
}
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

describe("a feed", () => {
  it("looks again at once for what was let go while it read, though nobody wakes it", async () => {
    const source = new Numbers();
    await using feed = new Feed(source, log);
    const seen: number[] = [];
    void gather(feed.follow(0, new AbortController().signal), seen);
    await vi.advanceTimersByTimeAsync(0);
    source.count = 1;
    source.held = 1;
    source.afterRead = () => {
      source.held = Number.POSITIVE_INFINITY;
    };
    feed.wake();
    await vi.advanceTimersByTimeAsync(100);
    expect(seen).toEqual([1]);
  });

  it("gives everybody everything once and in order, whenever they came and however slow they are", async () => {
    const source = new Numbers();
    await using feed = new Feed(source, log);
    const early: number[] = [];
    void gather(feed.follow(0, new AbortController().signal), early);
    const slow = feed.follow(0, new AbortController().signal);
    await slow.next();
    const late: number[] = [];
    for (let n = 1; n <= 60; n++) {
      source.count += n * 3;
      feed.wake();
      await vi.advanceTimersByTimeAsync(5);
      if (n === 30) void gather(feed.follow(100, new AbortController().signal), late);
    }
    const slowly: number[] = [];
    while (slowly.length < source.count) slowly.push(...((await slow.next()).value?.items ?? []));
    expect(early).toEqual(upTo(source.count));
    expect(late).toEqual(upTo(source.count).slice(100));
    expect(slowly).toEqual(upTo(source.count));
  });

  it("tells of a changed revision without items, and reads nothing when nobody follows", async () => {
    const source = new Numbers();
    await using feed = new Feed(source, log);
    const leaving = new AbortController();
    const revisions: number[] = [];
    const following = (async () => {
      for await (const { revision } of feed.follow(0, leaving.signal)) revisions.push(revision);
    })();
    await vi.advanceTimersByTimeAsync(0);
    source.revisionNow = 7;
    feed.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(revisions.at(-1)).toBe(7);
    leaving.abort();
    await following;
    const reads = source.reads;
    feed.wake();
    await vi.advanceTimersByTimeAsync(5000);
    expect(source.reads).toBe(reads);
  });
});

describe("a pump", () => {
  it("never works twice at once, and once more when woken meanwhile", async () => {
    let running = 0;
    let most = 0;
    let times = 0;
    await using pump = new Pump(
      async () => {
        most = Math.max(most, ++running);
        times++;
        await new Promise((resolve) => setTimeout(resolve, 10));
        running--;
        return undefined;
      },
      { name: "test", log },
    );
    pump.start();
    for (let i = 0; i < 5; i++) pump.wake();
    await vi.advanceTimersByTimeAsync(100);
    expect([most, times]).toEqual([1, 2]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(times).toBe(3);
  });

  it("goes on after a failure", async () => {
    let times = 0;
    await using pump = new Pump(
      async () => {
        if (++times === 1) throw new Error("the database went away");
        return undefined;
      },
      { name: "test", log },
    );
    pump.start();
    await vi.advanceTimersByTimeAsync(1500);
    expect(times).toBe(2);
  });
});
