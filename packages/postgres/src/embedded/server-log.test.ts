import { describe, expect, test } from "vitest";
import { parseLogLine } from "./server-log.js";

describe("a line of Postgres's log", () => {
  test.each([
    [
      "00000 LOG:  database system is ready to accept connections",
      { sqlState: "00000", severity: "LOG", text: "database system is ready to accept connections" },
    ],
    [
      "53100 PANIC:  could not write to file: No space left on device",
      { sqlState: "53100", severity: "PANIC", text: "could not write to file: No space left on device" },
    ],
    [
      "postgres: could not access the server configuration file",
      {
        sqlState: undefined,
        severity: "LOG",
        text: "postgres: could not access the server configuration file",
      },
    ],
    ["\tcontinued", { sqlState: undefined, severity: "LOG", text: "continued" }],
  ])("%s", (line, expected) => {
    expect(parseLogLine(line)).toEqual(expected);
  });
});
