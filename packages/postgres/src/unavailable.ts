import { AppError } from "@onrecord/core/errors";

/** What the system says of a connection that is not, or no longer, there. */
const lines = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EHOSTDOWN",
  "ENOTFOUND",
  "EAI_AGAIN",
]);
/** What Postgres says when it cannot now what it could before or later: https://www.postgresql.org/docs/18/errcodes-appendix.html */
const states = /^(?:08...|53...|57P0[1-5]|57014|58030|55P03|40001|40P01|25006|25P0[234])$/;
/** What the driver says in words alone. */
const words =
  /^(?:Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end)/;

/** Whether something failed because the database is not there, or cannot just now: the same may work in a moment. */
export function isUnavailable(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    if (at instanceof AppError) {
      if (at.code === "UNAVAILABLE") return true;
      continue;
    }
    const { code } = at as { code?: unknown };
    if (typeof code === "string" && (lines.has(code) || states.test(code))) return true;
    if (words.test(at.message)) return true;
  }
  return false;
}

/** Whether the line was lost, so that nobody knows what became of what was sent over it. */
export function isUnknown(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: string };
  if (typeof code === "string") return lines.has(code) || code.startsWith("57P0") || code.startsWith("08");
  return words.test(message ?? "");
}

/** The error for whoever asked: `error` itself where it is something else. */
export function asUnavailable(error: unknown): unknown {
  if (error instanceof AppError || !isUnavailable(error)) return error;
  return new AppError("UNAVAILABLE", "The database does not answer just now; try again in a few seconds.", {
    cause: error,
  });
}
