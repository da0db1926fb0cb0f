import type { Logger } from "@onrecord/core/log";

/** One line that Postgres wrote to its log. */
export interface LogLine {
  readonly severity: string;
  /** Five characters, e.g. `53100`: https://www.postgresql.org/docs/18/errcodes-appendix.html */
  readonly sqlState: string | undefined;
  readonly text: string;
}

/** Reads a line of the form that `log_line_prefix = '%e '` gives it. */
export function parseLogLine(line: string): LogLine {
  const match = /^(?:([0-9A-Z]{5}) )?([A-Z]+\d?): {2}(.*)$/.exec(line);
  return { sqlState: match?.[1], severity: match?.[2] ?? "LOG", text: match?.[3] ?? line.trim() };
}

/** Passes a line on to our own log. A failed statement is its caller's to report; a lost connection at shutdown is no news. */
export function passOn(line: LogLine, log: Logger): void {
  const level = line.sqlState?.startsWith("57P") ? "debug" : (levels[line.severity] ?? "debug");
  log[level]({ severity: line.severity, sqlState: line.sqlState, postgres: line.text }, "postgres said");
}

const levels: Readonly<Record<string, "warn" | "error">> = { WARNING: "warn", FATAL: "warn", PANIC: "error" };
