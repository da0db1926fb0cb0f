import { hostname } from "node:os";
import { pino } from "pino";

/** A structured logger: data first, then a lowercase sentence. */
export type Logger = pino.Logger;

/** The root logger of a process, whose lines have its number and its node's name; services take children of it (`log.child({ service })`). Secrets never reach a line. */
export function createLogger(level: string, node = hostname()): Logger {
  return pino(
    {
      level,
      base: { node, pid: process.pid },
      redact: {
        paths: [
          "*.token",
          "*.password",
          "*.authorization",
          "*.cookie",
          "headers.authorization",
          "headers.cookie",
        ],
        censor: "[redacted]",
      },
    },
    pino.destination(2),
  );
}
