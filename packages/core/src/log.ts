import { pino } from "pino";

/** A structured logger: data first, then a lowercase sentence. */
export type Logger = pino.Logger;

/** The root logger of a process; services take children of it (`log.child({ service })`). Secrets never reach a line. */
export function createLogger(level: string): Logger {
  return pino(
    {
      level,
      base: null,
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
