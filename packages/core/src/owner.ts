import { AsyncLocalStorage } from "node:async_hooks";

/** Onrecord itself: what nobody asked for, and what is done for several together. */
export const SYSTEM = "";

const owners = new AsyncLocalStorage<string>();

/** Whose work is being done, wherever it waits in line: a person, a stranger's network, or Onrecord itself. */
export function currentOwner(): string {
  return owners.getStore() ?? SYSTEM;
}

/** Does work on somebody's account, with all that comes of it. */
export function onAccountOf<T>(owner: string, work: () => T): T {
  return owners.run(owner, work);
}
