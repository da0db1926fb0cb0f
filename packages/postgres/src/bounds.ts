import { type Limits, limitCatalogue } from "@onrecord/core/limits";

/** How long a process waits for its database, in milliseconds. 0: for ever. */
export interface Bounds {
  /** For a connection to be made. */
  readonly connectMs: number;
  /** For what everybody waits for: commits, looks, hints. */
  readonly answerMs: number;
  /** For any other statement. */
  readonly statementMs: number;
  /** For what another transaction holds. */
  readonly lockMs: number;
  /** For a free connection. */
  readonly waitMs: number;
  /** Before Postgres ends a transaction that is left alone. */
  readonly idleTransactionMs: number;
}

/** The bounds of a process that serves. */
export function boundsOf(limits: Limits): Bounds {
  return {
    connectMs: limits.connectSeconds * 1000,
    answerMs: limits.answerSeconds * 1000,
    statementMs: limits.statementSeconds * 1000,
    lockMs: limits.lockSeconds * 1000,
    waitMs: limits.poolWaitSeconds * 1000,
    idleTransactionMs: limits.idleTransactionSeconds * 1000,
  };
}

/** Those of a command: what an operator has asked for takes as long as it takes. */
export function patient(bounds: Bounds): Bounds {
  return { ...bounds, statementMs: 0, lockMs: 0, waitMs: 0 };
}

/** What is usual. */
export const usualBounds: Bounds = boundsOf(
  Object.fromEntries(Object.entries(limitCatalogue).map(([name, { value }]) => [name, value])) as Limits,
);

/** How much may wait for a connection of a pool: of one owner, and of all. */
export const poolQueue = { eachOf: 1000, all: 20_000 } as const;
