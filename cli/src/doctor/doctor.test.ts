import { randomBytes } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Command, newDataDir } from "../testing/command.js";
import { growthFindings } from "./check-growth.js";
import type { Finding } from "./checks.js";

let dataDir: string;
let env: Record<string, string>;
beforeAll(async () => {
  dataDir = await newDataDir();
  env = { ONRECORD_DATA: dataDir };
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

const doctor = async (more: Record<string, string> = {}) => {
  const { stdout } = await Command.run(["doctor", "--json"], { ...env, ...more }).ended;
  return JSON.parse(stdout) as Finding[];
};
const of = (findings: readonly Finding[], check: Finding["check"]) =>
  findings.filter((finding) => finding.check === check).map(({ ok, text }) => ({ ok, text }));

describe("onrecord doctor", { timeout: 240_000 }, () => {
  it("says in a sentence which key is missing or wrong, and that another node has another secret", async () => {
    await using server = Command.run(["start"], env);
    await server.ready();
    const well = await doctor();
    expect(well.every(({ ok }) => ok)).toBe(true);
    expect(of(well, "keys")).toEqual([
      { ok: true, text: expect.stringMatching(/^they open what is sealed: 5 documents under kek-\S+$/) },
    ]);
    expect(of(well, "service secret")).toEqual([{ ok: true, text: "1 running nodes have the same" }]);
    expect(of(well, "growth")[0]!.text).toMatch(
      /^over the last 1 hours \d+ entries .* a day; .* are free: at this pace/,
    );

    const other = await doctor({ ONRECORD_SERVICE_SECRET: randomBytes(32).toString("hex") });
    expect(of(other, "service secret")).toEqual([
      { ok: false, text: expect.stringMatching(/^1 of 1 nodes have another service secret/) },
    ]);

    const path = join(dataDir, "keys.json");
    const kept = `${path}.kept`;
    const text = await readFile(path, "utf8");
    const { current } = JSON.parse(text) as { current: string };
    await rename(path, kept);
    expect(of(await doctor(), "keys")).toEqual([
      { ok: false, text: expect.stringMatching(/^There is no keys\.json in \S+: bring back the one/) },
    ]);
    const write = async (file: object | string) => {
      await writeFile(path, typeof file === "string" ? file : JSON.stringify(file), { mode: 0o600 });
    };
    const fresh = randomBytes(32).toString("base64");
    await write({ current: "kek-new", keys: { "kek-new": fresh } });
    expect(of(await doctor(), "keys")).toEqual([
      {
        ok: false,
        text: `5 documents need the key "${current}". The key-encryption key "${current}" is not in the key file.`,
      },
    ]);
    await write({ current, keys: { [current]: fresh } });
    expect(of(await doctor(), "keys")).toEqual([
      {
        ok: false,
        text: expect.stringMatching(/does not open .* the key file has another key of that name\.$/),
      },
    ]);
    await write("{");
    expect(of(await doctor(), "keys")).toEqual([
      { ok: false, text: expect.stringMatching(/^Cannot read or create the key file/) },
    ]);
    await write(text);
    expect(of(await doctor(), "keys")).toMatchObject([{ ok: true }]);

    // With a key missing, doctor --data opens nothing, and says so of each document.
    await write({ current: "kek-new", keys: { "kek-new": fresh } });
    const data = await Command.run(["doctor", "--data", "--json"], env).ended;
    expect([data.code, JSON.parse(data.stdout).length]).toEqual([1, 5]);
    await rm(path);
    expect((await Command.run(["doctor", "--data"], env).ended).code).toBe(2);
    await rename(kept, path);
  });
});

describe("growth", () => {
  const growth = {
    bytes: 2e9,
    largest: [{ table: "documents.batch", bytes: 1.2e9 }],
    entries: 1_000_000,
    days: 7,
    entriesPerDay: 10_000,
    bytesPerDay: 20e6,
    sessions: 30,
    sessionsPerDay: 40,
    walBytes: 5e8,
    slots: [],
  };
  it("is told with what it rests on, and when the disk will be full", () => {
    const [size, pace, ...more] = growthFindings(growth, 20e9);
    expect(size!.text).toBe(
      "2.0 GB in tables (documents.batch 1.2 GB), 500 MB of log ahead; 1000000 entries, 30 live sessions",
    );
    expect(pace).toMatchObject({
      ok: true,
      text: "over the last 7 days 10000 entries and 40 sessions a day, and with what an entry has taken so far 20 MB a day; 20 GB are free: at this pace the disk is full in 3 years",
      values: { freeBytes: 20e9, daysLeft: 1000 },
    });
    expect(more).toEqual([]);
  });

  it("is a fault when that is soon, when little is left, and when a slot holds the log back", () => {
    expect(growthFindings(growth, 400e6)[1]).toMatchObject({
      ok: false,
      text: expect.stringContaining("in 20 days"),
    });
    expect(growthFindings({ ...growth, bytesPerDay: 0 }, 5e8)[1]).toMatchObject({ ok: false });
    expect(growthFindings(growth, null)[1]).toMatchObject({
      ok: true,
      text: expect.stringMatching(/only its own machine/),
    });
    const slots = [{ name: "old_replica", bytes: 7e9 }];
    expect(growthFindings({ ...growth, slots }, 20e9).at(-1)).toMatchObject({
      ok: false,
      text: expect.stringContaining("old_replica is read by nobody and holds back 7.0 GB"),
    });
  });
});
