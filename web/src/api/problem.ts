import type { CombinedError } from "@urql/core";

/** One reason of a refusal, as the server states it. */
export interface Reason {
  readonly id: string;
  readonly text: string;
}

/** What went wrong with a request, in the app's terms. */
export type Problem =
  | { kind: "unreachable" }
  | { kind: "unauthenticated" }
  | { kind: "forbidden"; reasons: readonly Reason[]; requestId: string | null }
  | { kind: "not-found"; requestId: string | null }
  | { kind: "bad-input"; message: string; requestId: string | null }
  | { kind: "rate-limited" }
  | { kind: "unexpected"; message: string; requestId: string | null };

interface Told {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** The problem that a failed GraphQL request tells of. */
export function problemOf(error: CombinedError): Problem {
  const told = error.graphQLErrors[0];
  if (told) return problemTold(told);
  const response: unknown = error.response;
  const status = response instanceof Response ? response.status : 0;
  if (status === 401) return { kind: "unauthenticated" };
  if (status === 429) return { kind: "rate-limited" };
  if (status === 0 || status >= 502) return { kind: "unreachable" };
  return { kind: "unexpected", message: error.message, requestId: null };
}

/** The problem that one GraphQL error tells of, by its code from the catalogue. */
export function problemTold({ message, extensions = {} }: Told): Problem {
  const requestId = typeof extensions.requestId === "string" ? extensions.requestId : null;
  switch (extensions.code) {
    case "UNAUTHENTICATED":
      return { kind: "unauthenticated" };
    case "FORBIDDEN":
      return { kind: "forbidden", reasons: reasonsIn(extensions.reasons), requestId };
    case "NOT_FOUND":
      return { kind: "not-found", requestId };
    case "BAD_USER_INPUT":
    case "CONFLICT":
    case "GONE":
      return { kind: "bad-input", message, requestId };
    case "RATE_LIMITED":
      return { kind: "rate-limited" };
    case "UNAVAILABLE":
      return { kind: "unreachable" };
    default:
      return { kind: "unexpected", message, requestId };
  }
}

function reasonsIn(value: unknown): Reason[] {
  if (!Array.isArray(value)) return [];
  return value.filter(
    (reason): reason is Reason =>
      typeof reason === "object" &&
      reason !== null &&
      typeof reason.id === "string" &&
      typeof reason.text === "string",
  );
}
