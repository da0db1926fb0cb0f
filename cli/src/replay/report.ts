import type { RecordCount } from "./check-record.js";
import type { ReplayResult } from "./replay.js";
import type { Latency } from "./statistics.js";
import type { Trace } from "./trace.js";

/** Who typed: an agent of the trace as a user. */
export interface Author {
  readonly email: string;
  readonly userId: string;
}

/** What a replay is judged by. */
export interface ReplayReport {
  readonly documentId: string;
  readonly clients: number;
  readonly changes: number;
  readonly seconds: number;
  readonly changesPerSecond: number;
  /** Milliseconds from sending to another client's receipt. */
  readonly latency: Latency | null;
  /** Whether every client and the server hold exactly the trace's end. */
  readonly textEqual: boolean;
  readonly versions: number;
  readonly entries: number;
  readonly authors: readonly {
    readonly email: string;
    readonly changes: number;
    readonly versions: number;
  }[];
  /** What differs from what it should be, a sentence each; empty when all is well. */
  readonly faults: readonly string[];
}

/** Compares what happened with what the trace says and with what the record says. */
export function judge(
  trace: Trace,
  authors: readonly Author[],
  result: ReplayResult,
  before: { readonly version: number; readonly editedEntries: number },
  record: RecordCount,
  documentId: string,
): ReplayReport {
  const changes = result.changes.reduce((sum, count) => sum + count, 0);
  const faults: string[] = [];
  const slack = result.contested;
  const expect = (what: string, actual: number, expected: number) => {
    if (actual > expected || actual < expected - slack)
      faults.push(
        `${what}: ${actual} instead of ${expected}${slack > 0 ? ` (or up to ${slack} fewer)` : ""}.`,
      );
  };
  const differing = result.texts.filter((text) => text !== trace.endContent).length;
  const astray = result.texts.filter((text) => text !== result.merged).length;
  if (astray > 0)
    faults.push(
      `${astray} of ${result.texts.length} clients do not end at what the changes make without a server.`,
    );
  if (record.content !== result.merged)
    faults.push("The server's text is not what the changes make without a server.");
  if (result.merged !== trace.endContent)
    faults.push(
      "The trace says another end than its changes make in Yjs: so it is with the trace, not the server.",
    );
  expect("Versions", record.versions, changes);
  if (record.version - before.version !== record.versions)
    faults.push(
      `The head moved by ${record.version - before.version}, but ${record.versions} versions are listed.`,
    );
  if (record.entries !== record.versions)
    faults.push(`${record.versions - record.entries} versions have no entry of their own by their author.`);
  if (record.editedEntries - before.editedEntries !== record.versions)
    faults.push(
      `${record.editedEntries - before.editedEntries} entries tell of edits, for ${record.versions} versions.`,
    );

  const expected = new Map<string, number>();
  for (const [agent, count] of result.changes.entries()) {
    const { userId } = authors[agent % authors.length]!;
    expected.set(userId, (expected.get(userId) ?? 0) + count);
  }
  for (const { email, userId } of authors)
    expect(`Versions by ${email}`, record.byAuthor[userId] ?? 0, expected.get(userId) ?? 0);
  const known = new Set(authors.map(({ userId }) => userId));
  const strangers = Object.entries(record.byAuthor).filter(([userId]) => !known.has(userId));
  if (strangers.length > 0) faults.push(`${strangers.length} others are named as authors.`);

  return {
    documentId,
    clients: result.texts.length,
    changes,
    seconds: Math.round(result.seconds * 1000) / 1000,
    changesPerSecond: Math.round(changes / result.seconds),
    latency: result.latency,
    textEqual: differing === 0 && record.content === trace.endContent,
    versions: record.versions,
    entries: record.entries,
    authors: authors.map(({ email, userId }) => ({
      email,
      changes: expected.get(userId) ?? 0,
      versions: record.byAuthor[userId] ?? 0,
    })),
    faults,
  };
}

/** The report as people read it. */
export function formatReport(report: ReplayReport): string {
  const { latency } = report;
  const rows: [string, string][] = [
    ["document", report.documentId],
    ["clients", String(report.clients)],
    ["changes", `${report.changes} in ${report.seconds.toFixed(1)} s, ${report.changesPerSecond} a second`],
    [
      "to another client",
      latency ? `p50 ${latency.p50} ms, p95 ${latency.p95} ms, p99 ${latency.p99} ms` : "–",
    ],
    ["final text equal", report.textEqual ? "yes" : "NO"],
    ["versions", `${report.versions}, ${report.entries} with an entry of their own`],
    ...report.authors.map(({ email, changes, versions }): [string, string] => [
      email,
      `${changes} changes, ${versions} versions`,
    ]),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
  return [...lines, ...report.faults.map((fault) => `WRONG: ${fault}`)].join("\n");
}
