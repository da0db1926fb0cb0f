import type { Bus } from "../bus.js";

/** What a bus hears from now on of `permissions.changed` from other nodes. */
export function listen(bus: Bus): number[] {
  const heard: number[] = [];
  bus.subscribe(
    "permissions.changed",
    ({ revision }, origin) => void (origin === "remote" && heard.push(revision)),
  );
  return heard;
}
