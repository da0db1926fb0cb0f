import { describe, expect, it } from "vitest";
import { FairQueue, type Waiting } from "./fair-queue.js";
import { draws, seeds } from "./testing/random.js";

const wide = { eachOf: 100, all: 100, bytes: 100 };
const page = (owner: string, bytes = 1): Waiting => ({ owner, bytes });

/** Serves all that wait, one at a time; whose each was. */
function served(queue: FairQueue<Waiting>): string {
  let order = "";
  for (let job = queue.next(); job !== undefined; job = queue.next()) {
    order += job.owner;
    queue.done(job);
  }
  return order;
}

describe("a fair queue", () => {
  it("serves person by person, each one's pages in the order in which they came", () => {
    const queue = new FairQueue<Waiting>(wide);
    for (const person of "aaaabbc") expect(queue.add(page(person))).toEqual([]);
    expect(served(queue)).toBe("abcabaa");
  });

  it("puts whoever comes behind one page of each who waits, and not behind all of theirs", () => {
    const queue = new FairQueue<Waiting>(wide);
    for (const person of "aaaa") queue.add(page(person));
    const first = queue.next();
    queue.add(page("b"));
    if (first) queue.done(first);
    expect(served(queue)).toBe("abaa");
  });

  it("has one page of a person served at a time", () => {
    const queue = new FairQueue<Waiting>(wide);
    for (const person of "aab") queue.add(page(person));
    const [a, b] = [queue.next(), queue.next()];
    expect([a?.owner, b?.owner, queue.next()]).toEqual(["a", "b", undefined]);
    if (a) queue.done(a);
    expect(queue.next()?.owner).toBe("a");
  });

  it("refuses what somebody brings past their own bound, and nobody else's", () => {
    const queue = new FairQueue<Waiting>({ ...wide, eachOf: 2 });
    const last = page("a");
    expect([page("a"), page("a"), last].flatMap((job) => queue.add(job))).toEqual([
      { job: last, why: "yours" },
    ]);
    expect(queue.add(page("b"))).toEqual([]);
  });

  it.each([
    ["pages", { ...wide, all: 3 }, 1],
    ["bytes", { ...wide, bytes: 30 }, 10],
  ])(
    "makes room for whoever comes, of who has most waiting, when all have too many %s",
    (_, bounds, bytes) => {
      const queue = new FairQueue<Waiting>(bounds);
      const [one, two, three] = [page("a", bytes), page("a", bytes), page("a", bytes)];
      for (const job of [one, two, three]) queue.add(job);
      expect(queue.add(page("b", bytes))).toEqual([{ job: three, why: "everyone's" }]);
      const own = page("a", bytes);
      expect(queue.add(own)).toEqual([{ job: own, why: "everyone's" }]);
      expect(served(queue)).toBe("aba");
    },
  );

  it("forgets what was taken out", () => {
    const queue = new FairQueue<Waiting>({ ...wide, all: 2 });
    const [one, two] = [page("a"), page("a")];
    for (const job of [one, two]) queue.add(job);
    expect([queue.remove(one), queue.remove(one)]).toEqual([true, false]);
    expect(queue.add(page("b"))).toEqual([]);
    expect(queue.waiting).toHaveLength(2);
    expect(served(queue)).toBe("ab");
  });

  it.each(seeds(5))("never has more waiting than it may, and loses none (seed %i)", (seed) => {
    const bounds = { eachOf: 4, all: 10, bytes: 60 };
    const queue = new FairQueue<Waiting>(bounds);
    const below = draws(seed);
    const open = new Set<Waiting>();
    for (let step = 0; step < 5000; step++) {
      if (below(2) === 0) {
        const job = queue.next();
        if (job) {
          queue.done(job);
          expect(open.delete(job)).toBe(true);
        }
      } else {
        const job = page("abcdef"[below(6)] ?? "a", below(20));
        open.add(job);
        for (const { job: refused } of queue.add(job)) expect(open.delete(refused)).toBe(true);
      }
      const { waiting } = queue;
      expect(new Set(waiting)).toEqual(open);
      expect(waiting.length).toBeLessThanOrEqual(bounds.all);
      expect(waiting.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(bounds.bytes);
    }
  });
});
