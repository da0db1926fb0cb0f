import { describe, expect, it } from "vitest";
import { ImportRunner } from "./import-runner.js";

/** Takes seconds to read. */
const long = "<p>x".repeat(300_000);
const codeOf = (error: { code?: string }) => error.code;

describe("the import runner", () => {
  it("reads pages on other threads, however many come, up to a bound", async () => {
    await using runner = new ImportRunner({ waiting: 2 });
    const pages = Array.from({ length: 7 }, (_, i) => runner.run(`<title>Page ${i}</title><p>text</p>`));
    const answers = await Promise.all(pages.map((page) => page.then(({ title }) => title, codeOf)));
    expect(answers.slice(0, 4)).toEqual(Array.from({ length: 4 }, (_, i) => `Page ${i}`));
    expect(answers.slice(4)).toEqual(Array(3).fill("RATE_LIMITED"));
    expect((await runner.run("<title>After</title><p>text</p>")).title).toBe("After");
  });

  it("gives up on a page that takes too long", async () => {
    await using runner = new ImportRunner({ milliseconds: 100 });
    expect(await runner.run(long).catch(codeOf)).toBe("BAD_USER_INPUT");
  });

  it("refuses a page that needs more memory than it may have, and the process lives on", async () => {
    await using runner = new ImportRunner({ memoryMb: 64 });
    expect(await runner.run(long).catch(codeOf)).toBe("BAD_USER_INPUT");
  });

  it("ends what is under way and what waits when it is disposed of", async () => {
    const runner = new ImportRunner();
    const running = [1, 2, 3, 4].map(() => runner.run(long).catch(codeOf));
    await runner[Symbol.asyncDispose]();
    expect(await Promise.all(running)).toEqual(Array(4).fill("UNAVAILABLE"));
  });
});
