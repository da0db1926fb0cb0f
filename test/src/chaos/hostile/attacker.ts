import { constants, setPriority } from "node:os";
import { Random } from "@onrecord/core/testing/random";
import { guests, type Prey } from "./guests.js";
import { type Answers, strangers, type Target } from "./strangers.js";

/** What the process is told: which attack, on what, decided by which seed; `null` ends what is under way. */
export type Order =
  | { readonly kind: "guest"; readonly name: string; readonly prey: Prey; readonly seed: number }
  | {
      readonly kind: "stranger";
      readonly name: string;
      readonly target: Omit<Target, "random">;
      readonly seed: number;
    }
  | null;

/** What it came to: how often a guest struck, or what a stranger was answered. */
export type Outcome = { readonly strikes: number } | { readonly answers: Answers };

// Whoever attacks has a machine of their own, and does not take the time of the one that is measured.
setPriority(constants.priority.PRIORITY_LOW);

let under: AbortController | undefined;

process.on("message", (order: Order) => {
  if (order === null) under?.abort();
  else void carryOut(order).then((outcome) => process.send?.(outcome));
});

async function carryOut(order: NonNullable<Order>): Promise<Outcome> {
  const random = new Random(order.seed);
  if (order.kind === "stranger") {
    const attack = strangers[order.name]!;
    return { answers: await attack({ ...order.target, random }) };
  }
  under = new AbortController();
  const attack = guests.find(({ name }) => name === order.name)!;
  return { strikes: await attack.run(order.prey, random, under.signal) };
}
