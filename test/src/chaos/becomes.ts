import { setTimeout as delay } from "node:timers/promises";

/** Waits for something to become true; resolves with whether it did in a time, in milliseconds, that is generous on a busy machine. */
export async function becomes(
  condition: () => boolean | Promise<boolean>,
  patience = 60_000,
): Promise<boolean> {
  const ends = Date.now() + patience;
  while (!(await condition())) {
    if (Date.now() > ends) return false;
    await delay(20);
  }
  return true;
}
