import { newId } from "@onrecord/core/ids";
import type { Logger } from "@onrecord/core/log";
import type { BusTransport } from "./bus.js";
import { MessageSeal } from "./message-seal.js";

/** Which nodes answered to a secret, and which speak and are not understood with it. */
export interface RollCall {
  /** Nodes that have this secret. */
  readonly same: number;
  /** Nodes that have another. */
  readonly other: number;
  /** Nodes that have this secret and whose clock is too far from this machine's. */
  readonly late: number;
}

/** Every node says that it listens at least this often, in milliseconds, and a little for the way. */
const PATIENCE_MS = 11_000;

/**
 * Asks on the bus who listens, and hears who answers, until `expected` nodes have spoken or every node has had the time to. Those with another
 * secret do not believe the question; they speak by themselves.
 */
export async function callRoll(
  transport: BusTransport,
  secret: string,
  { expected, log }: { expected: number; log: Logger },
): Promise<RollCall> {
  const me = newId();
  const seal = new MessageSeal(secret);
  const heard = new Map<string, "same" | "other" | "late">();
  const all = Promise.withResolvers<void>();
  await transport.start(
    (envelope) => {
      if (envelope.n === me || typeof envelope.n !== "string") return;
      const fault = seal.open(envelope);
      if (heard.get(envelope.n) !== "same")
        heard.set(envelope.n, fault === null ? "same" : fault === "expired" ? "late" : "other");
      if (heard.size >= expected) all.resolve();
    },
    () => undefined,
  );
  const timer = setTimeout(all.resolve, PATIENCE_MS);
  try {
    if (expected > 0) {
      await transport
        .send([seal.seal({ n: me, t: "node.listens", m: { asks: true } } as const)])
        .catch((err: unknown) => log.debug({ err }, "nobody could be asked"));
      await all.promise;
    }
  } finally {
    clearTimeout(timer);
    await transport[Symbol.asyncDispose]();
  }
  const count = (what: string) => [...heard.values()].filter((one) => one === what).length;
  return { same: count("same"), other: count("other"), late: count("late") };
}
