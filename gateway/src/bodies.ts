import type { IncomingMessage } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { Limits } from "@onrecord/core/limits";
import type { Arrivals } from "@onrecord/policy/arrivals";
import type { Caller } from "@onrecord/policy/principal";
import { BodyBudget, type Holding } from "@onrecord/subgraph/body-budget";
import { operationBounds } from "@onrecord/subgraph/json-bounds";
import { BodyTooLarge, readBody } from "@onrecord/subgraph/read-body";
import { Gauge, type Registry } from "prom-client";
import { BodyPace } from "./body-pace.js";
import { largeMutations } from "./bounds-plugin.js";

/** A body that was read, and what it holds until it is given back. */
export interface HeldBody extends Disposable {
  readonly bytes: Buffer;
}

/** Reads what is sent to the gateway's doors, no more of each than its door needs, and no more of all than a node can hold. */
export class Bodies {
  readonly #budget: BodyBudget;
  readonly #pace = new BodyPace();

  constructor(
    private readonly limits: Limits,
    private readonly arrivals: Arrivals,
    metrics: Registry,
  ) {
    const budget = new BodyBudget(limits.heldBytes);
    this.#budget = budget;
    new Gauge({
      name: "onrecord_gateway_held_bytes",
      help: "request bodies held now, announced or read",
      registers: [metrics],
      collect() {
        this.set(budget.held);
      },
    });
  }

  /** The body of a GraphQL request: as large as an import is only JSON, and only of somebody who is signed in. */
  async readOperation(request: IncomingMessage, caller: Caller): Promise<HeldBody> {
    const { requestBytes, operationBytes, strangerBytes } = this.limits;
    const most = caller.principal === null ? strangerBytes : isJson(request) ? requestBytes : operationBytes;
    const body = await this.read(request, caller, Math.min(most, requestBytes));
    // Before it is parsed; whether it really asks for what it names is seen when it has been.
    if (body.bytes.length <= operationBytes || namesLarge(body.bytes)) return body;
    body[Symbol.dispose]();
    throw new BodyTooLarge(operationBytes);
  }

  /** A body of at most `limit` bytes, JSON or not. BodyTooLarge, and what `readBody` and `BodyBudget` throw. */
  async read(request: IncomingMessage, caller: Caller, limit: number): Promise<HeldBody> {
    const holding: Holding = this.#budget.open(caller);
    try {
      const rules = { holding, ...(isJson(request) ? { json: operationBounds } : {}) };
      const bytes = await readBody(request, limit, rules);
      // The heads of many may have come one by one, and their bodies at once.
      if (caller.principal === null) await this.arrivals.enter(caller.from.ip);
      else await this.#turnOf(request, caller.principal.userId, bytes.length);
      return { bytes, [Symbol.dispose]: () => holding[Symbol.dispose]() };
    } catch (error) {
      holding[Symbol.dispose]();
      throw error;
    }
  }

  /** Resolves when it is time to make out a body; at once when whoever sent it has gone. */
  async #turnOf(request: IncomingMessage, person: string, bytes: number): Promise<void> {
    const wait = this.#pace.wait(person, bytes, performance.now());
    if (wait === 0) return;
    const gone = new AbortController();
    const leave = () => gone.abort();
    request.socket.once("close", leave);
    await delay(wait, undefined, { signal: gone.signal }).catch(() => undefined);
    request.socket.off("close", leave);
  }
}

function namesLarge(bytes: Buffer): boolean {
  return [...largeMutations].some((name) => bytes.includes(name));
}

/** Whether the body will be parsed as JSON. */
export function isJson(request: IncomingMessage): boolean {
  return /^application\/(graphql\+)?json\b/i.test(request.headers["content-type"] ?? "");
}
