import { readLimits } from "@onrecord/core/limits";
import { describe, expect, it } from "vitest";
import { type ImportLimits, ImportRunner } from "./import-runner.js";

/** Takes seconds to read. */
const long = "<p>x".repeat(300_000);
const short = (title: string) => `<title>${title}</title><p>text</p>`;
const codeOf = (error: { code?: string }) => error.code;
const limits = readLimits({}, () => undefined);
const runnerWith = (given: Partial<ImportLimits> = {}) => new ImportRunner({ ...limits, ...given });

describe("the import runner", () => {
  it("refuses a person's pages past their bound, and lets the others in between them in turn", async () => {
    await using runner = runnerWith({ imports: 1, importsWaitingPerUser: 2 });
    const done: string[] = [];
    const run = (person: string, title: string) =>
      runner.run(short(title), { person }).then(
        (page) => done.push(page.title ?? ""),
        (error) => done.push(`${title} ${codeOf(error)}`),
      );
    const pages = ["g1", "g2", "g3", "g4", "g5"].map((title) => run("guest", title));
    await Promise.all([...pages, run("analyst", "a1"), run("trader", "t1")]);
    expect(done.slice(0, 2).sort()).toEqual(["g4 RATE_LIMITED", "g5 RATE_LIMITED"]);
    expect(done.slice(2)).toEqual(["g1", "g2", "a1", "t1", "g3"]);
  });

  it("keeps a worker from whoever has slow pages under way: another is served before the first of them is done", async () => {
    await using runner = runnerWith();
    const done: string[] = [];
    const note = (what: string) => () => void done.push(what);
    const slow = [1, 2, 3].map(() =>
      runner.run(long, { person: "guest" }).then(note("slow"), note("stopped")),
    );
    await runner.run(short("a"), { person: "analyst" });
    expect(done).toEqual([]);
    await runner[Symbol.asyncDispose]();
    await Promise.all(slow);
    expect(done).toEqual(["stopped", "stopped", "stopped"]);
  });

  it("drops what nobody waits for any more, whether it waits or is being read", async () => {
    await using runner = runnerWith({ imports: 1 });
    const leaving = new AbortController();
    const gone = leaving.signal;
    const pages = [1, 2, 3].map(() => runner.run(long, { person: "guest", gone }).catch(codeOf));
    const other = runner.run(short("a"), { person: "analyst" });
    leaving.abort();
    expect(await Promise.all(pages)).toEqual(Array(3).fill("UNAVAILABLE"));
    expect((await other).title).toBe("a");
    expect(await runner.run(short("b"), { person: "guest", gone }).catch(codeOf)).toBe("UNAVAILABLE");
  });

  it("gives up on a page that takes too long", async () => {
    await using runner = runnerWith({ importSeconds: 0.1 });
    expect(await runner.run(long, { person: "guest" }).catch(codeOf)).toBe("BAD_USER_INPUT");
  });

  it("refuses a page that needs more memory than it may have, and the process lives on", async () => {
    await using runner = runnerWith({ importMegabytes: 64 });
    expect(await runner.run(long, { person: "guest" }).catch(codeOf)).toBe("BAD_USER_INPUT");
  });

  it("ends what is under way and what waits when it is disposed of", async () => {
    const runner = runnerWith();
    const running = ["a", "a", "b", "c"].map((person) => runner.run(long, { person }).catch(codeOf));
    await runner[Symbol.asyncDispose]();
    expect(await Promise.all(running)).toEqual(Array(4).fill("UNAVAILABLE"));
  });
});
