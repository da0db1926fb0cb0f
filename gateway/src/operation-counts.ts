import type { ErrorCode } from "@onrecord/core/errors";
import type { Caller } from "@onrecord/policy/principal";
import { Counter, type Registry } from "prom-client";

/** The kinds of operations; "none" is what was never executed: it could not be read, or was refused before. */
export type OperationKind = "query" | "mutation" | "subscription" | "none";

/** Counts errors that leave the gateway, by the kind of operation and their code: both words of ours, whatever a client says. */
export class OperationCounts {
  readonly #kinds = new WeakMap<Caller, OperationKind>();
  readonly #errors: Counter;

  constructor(registry: Registry) {
    this.#errors = new Counter({
      name: "onrecord_graphql_errors_total",
      help: "errors that clients were told, by the kind of operation and code; 'none' is what was never executed",
      labelNames: ["operation", "code"],
      registers: [registry],
    });
  }

  /** The operation of a caller is executed. */
  began(caller: Caller | undefined, kind: OperationKind): void {
    if (caller) this.#kinds.set(caller, kind);
  }

  failed(caller: Caller | undefined, code: ErrorCode): void {
    this.#errors.inc({ operation: (caller && this.#kinds.get(caller)) ?? "none", code });
  }
}
