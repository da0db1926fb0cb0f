import { statfs } from "node:fs/promises";
import type { Database } from "@onrecord/postgres/database";
import { megabytes } from "../backup/progress.js";
import type { Finding } from "./checks.js";
import { type Growth, readGrowth } from "./growth.js";

/** Warns when the disk will be full within so many days, or has less than this left. */
const SOON_DAYS = 30;
const LITTLE = 1e9;
/** A slot that nobody reads is worth a word from here on, in bytes. */
const HELD_BACK = 1e9;

/** How the database grows, and when its disk will be full. `directory` lies on that disk; null: it is another machine's. */
export async function checkGrowth(db: Database, directory: string | null): Promise<Finding[]> {
  const growth = await readGrowth(db);
  const disk = directory === null ? null : await statfs(directory);
  const free = disk === null ? null : disk.bavail * disk.bsize;
  return growthFindings(growth, free);
}

/** What is told of a growth, with `free` bytes on the disk; null: not known. */
export function growthFindings(growth: Growth, free: number | null): Finding[] {
  const { bytes, largest, entries, sessions, walBytes, slots, bytesPerDay } = growth;
  const daysLeft = free === null || bytesPerDay === 0 ? null : free / bytesPerDay;
  const parts = largest.map(({ table, bytes }) => `${table} ${megabytes(bytes)}`).join(", ");
  const sizes = `${megabytes(bytes)} in tables (${parts}), ${walBytes === null ? "a log ahead of unknown size" : `${megabytes(walBytes)} of log ahead`}; ${entries} entries, ${sessions} live sessions`;
  const held = slots.filter((slot) => slot.bytes > HELD_BACK);
  const ok =
    (daysLeft ?? Number.POSITIVE_INFINITY) >= SOON_DAYS && (free ?? Number.POSITIVE_INFINITY) >= LITTLE;
  return [
    { check: "size", ok: true, text: sizes, values: { bytes, entries, sessions, walBytes } },
    {
      check: "growth",
      ok,
      text: `${paceOf(growth)}; ${outlook(free, daysLeft)}`,
      values: { ...pick(growth), freeBytes: free, daysLeft },
    },
    ...held.map(
      ({ name, bytes }): Finding => ({
        check: "growth",
        ok: false,
        text: `the replication slot ${name} is read by nobody and holds back ${megabytes(bytes)} of log, without end: bring its reader back, or drop it`,
      }),
    ),
  ];
}

function pick({ days, entriesPerDay, bytesPerDay, sessionsPerDay }: Growth) {
  return { days, entriesPerDay, bytesPerDay, sessionsPerDay };
}

/** The pace with what it rests on. */
function paceOf({ days, entriesPerDay, sessionsPerDay, bytesPerDay }: Growth): string {
  const over = days < 1.5 ? `${Math.round(days * 24)} hours` : `${Math.round(days)} days`;
  return `over the last ${over} ${Math.round(entriesPerDay)} entries and ${Math.round(sessionsPerDay)} sessions a day, and with what an entry has taken so far ${megabytes(bytesPerDay)} a day`;
}

function outlook(free: number | null, daysLeft: number | null): string {
  if (free === null) return "how full its disk is, only its own machine knows";
  if (daysLeft === null) return `${megabytes(free)} are free`;
  const years = daysLeft / 365;
  const left =
    years >= 100
      ? "in more than 100 years"
      : years >= 2
        ? `in ${Math.round(years)} years`
        : `in ${Math.floor(daysLeft)} days`;
  return `${megabytes(free)} are free: at this pace the disk is full ${left}`;
}
