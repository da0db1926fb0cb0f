import { AppError, type ErrorCode, errorCatalogue, type Reason } from "@onrecord/core/errors";
import type { Logger } from "@onrecord/core/log";
import { asUnavailable } from "@onrecord/postgres/unavailable";
import { GraphQLError, type GraphQLErrorExtensions } from "graphql";

/** What every error of the API carries beside its message. */
export interface ErrorExtensions extends GraphQLErrorExtensions {
  code: ErrorCode;
  requestId: string;
  reasons?: readonly Reason[];
}

/** The request that an error belongs to, and where the unexpected ones are written down. */
export interface ErrorContext {
  readonly requestId: string;
  readonly log: Logger;
}

/**
 * Turns whatever was thrown into what a client may see: an AppError with its code and reasons, a fault of the request as
 * BAD_USER_INPUT, what failed for want of the database as UNAVAILABLE, and anything else as INTERNAL without its words, logged here, where it happened, and nowhere else.
 */
export function toGraphQLError(thrown: unknown, { requestId, log }: ErrorContext): GraphQLError {
  const located = thrown instanceof GraphQLError ? thrown : undefined;
  const given = rootCause(thrown);
  const cause = asUnavailable(given);
  if (cause !== given) log.warn({ err: given, requestId }, "the database did not answer a request");
  const visible = (message: string, code: ErrorCode, reasons: readonly Reason[] = []) =>
    new GraphQLError(message, {
      nodes: located?.nodes ?? null,
      source: located?.source ?? null,
      positions: located?.positions ?? null,
      path: located?.path ?? null,
      extensions: { code, requestId, ...(reasons.length > 0 ? { reasons } : {}) } satisfies ErrorExtensions,
    });

  if (cause instanceof AppError) {
    // A fault of ours that says what it is: its reader cannot mend it, so whoever runs the place must hear of it.
    if (cause.code === "INTERNAL")
      log.error({ err: cause, requestId }, "something kept is not as it should be");
    // Whoever asked is told in plain words; what stands behind them is for whoever runs the place.
    if (cause.code === "UNAVAILABLE" && cause === given && cause.cause !== undefined)
      log.warn({ err: cause, requestId }, "a request could not be answered just now");
    return visible(cause.message, cause.code, cause.reasons);
  }
  if (cause instanceof GraphQLError) {
    const code = knownCode(cause.extensions.code);
    if (code !== undefined) return visible(cause.message, code, reasonsOf(cause.extensions));
    // Nothing was executed yet: syntax, validation and variables are the request's own faults.
    if (located?.path === undefined) return visible(cause.message, "BAD_USER_INPUT");
  }
  log.error({ err: cause, requestId, path: located?.path?.join(".") }, "a resolver failed");
  return visible(`Something failed on our side; the request id is ${requestId}.`, "INTERNAL");
}

/** The code of the catalogue with this name, if there is one. */
export function knownCode(code: unknown): ErrorCode | undefined {
  return typeof code === "string" && Object.hasOwn(errorCatalogue, code) ? (code as ErrorCode) : undefined;
}

/** graphql-js wraps what a resolver throws to add its path; the wrapping of a wrapping says nothing more. */
function rootCause(thrown: unknown): unknown {
  let cause = thrown;
  while (cause instanceof GraphQLError && cause.originalError !== undefined) cause = cause.originalError;
  return cause;
}

/** Reasons that another subgraph sent, or the faults that class-validator found in an input. */
function reasonsOf(extensions: GraphQLErrorExtensions): readonly Reason[] {
  const { reasons, validationErrors } = extensions as {
    reasons?: readonly Reason[];
    validationErrors?: readonly ValidationFault[];
  };
  if (Array.isArray(reasons)) return reasons;
  if (Array.isArray(validationErrors))
    return validationErrors.flatMap((fault: ValidationFault) => faultReasons(fault));
  return [];
}

/** The part of class-validator's ValidationError that says what is wrong. */
interface ValidationFault {
  readonly property: string;
  readonly constraints?: Readonly<Record<string, string>>;
  readonly children?: readonly ValidationFault[];
}

function faultReasons(fault: ValidationFault, path = fault.property): Reason[] {
  const own = Object.values(fault.constraints ?? {}).map((text) => ({ id: path, text }));
  return [
    ...own,
    ...(fault.children ?? []).flatMap((child) => faultReasons(child, `${path}.${child.property}`)),
  ];
}
