import { AppError, type ErrorCode } from "@onrecord/core/errors";
import type { Ledger } from "@onrecord/ledger/ledger";
import { isOnRecord } from "@onrecord/policy/on-record";
import { byCaller, type Caller } from "@onrecord/policy/principal";
import { GraphQLError } from "graphql";

/** Entries of one operation at most: it may be refused the same in many places. */
const MOST = 20;

/**
 * Puts on the record what an operation was refused and nobody has recorded yet: somebody who is not signed in, and ids of nothing that the
 * caller may know of. `Guard` has recorded its own refusals, with what they were about; this is the net below all resolvers.
 */
export async function recordRefusals(
  ledger: Pick<Ledger, "refuse">,
  caller: Caller,
  errors: readonly GraphQLError[],
): Promise<void> {
  const refused = new Map<string, { permission: string; reason: string }>();
  for (const error of errors) {
    const reason = reasonOf(error, caller);
    if (reason === null) continue;
    const permission = fieldOf(error);
    refused.set(`${permission} ${reason}`, { permission, reason });
  }
  await Promise.all(
    [...refused.values()].slice(0, MOST).map(({ permission, reason }) =>
      ledger.refuse({
        action: "access.denied",
        by: byCaller(caller),
        object: null,
        detail: { permission, reasons: [reason] },
      }),
    ),
  );
}

const reasons: Partial<Record<ErrorCode, string>> = {
  UNAUTHENTICATED: "unauthenticated",
  FORBIDDEN: "forbidden",
  NOT_FOUND: "unknown",
};

/** Why an error is a refusal that is not on the record; null: it is none. */
function reasonOf(error: GraphQLError, { principal }: Caller): string | null {
  let cause: unknown = error;
  while (cause instanceof GraphQLError && cause.originalError !== undefined) cause = cause.originalError;
  if (!(cause instanceof AppError) || isOnRecord(cause)) return null;
  // Whose session has just ended was refused nothing: that it ended is on the record.
  if (cause.code === "UNAUTHENTICATED" && principal !== null) return null;
  return reasons[cause.code] ?? null;
}

/** The field that was refused, by its name in the schema: an alias is a client's own words. */
function fieldOf({ nodes }: GraphQLError): string {
  const node = nodes?.[0];
  return node?.kind === "Field" ? node.name.value : "operation";
}
