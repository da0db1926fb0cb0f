import type { ClientBinding } from "@onrecord/history/store/commit";

/**
 * Whose the structs of a document's clientIDs are: per clientID, rows that each hold from their clock to the next. The first row with
 * a user binds the clientID for good. Rows noted here are tentative until a commit has kept them.
 */
export class Bindings {
  readonly #rows = new Map<number, ClientBinding[]>();
  /** For the hot path: the user of the first row that has one. */
  readonly #owners = new Map<number, string>();
  /** The clock of the first row that has none. */
  readonly #unproven = new Map<number, number>();
  /** In the order in which they were noted, which is the order in which commits keep them. */
  #tentative: ClientBinding[] = [];

  constructor(committed: Iterable<ClientBinding>) {
    this.learn(committed);
  }

  /** The user that a clientID is bound to; undefined while nobody has proved to write with it. */
  ownerOf(clientId: number): string | undefined {
    return this.#owners.get(clientId);
  }

  /** Whether something of a clientID in the clocks `[from, to)` was relayed without proof. */
  unproven(clientId: number, from: number, to: number): boolean {
    const first = this.#unproven.get(clientId);
    if (first === undefined || first >= to) return false;
    const rows = this.#rows.get(clientId) ?? [];
    return rows.some(
      ({ clock, userId }, i) =>
        userId === null && clock < to && (rows[i + 1]?.clock ?? Number.POSITIVE_INFINITY) > from,
    );
  }

  /** The clientIDs that have unproven structs, each with the clock of the first. */
  get unprovenFrom(): ReadonlyMap<number, number> {
    return this.#unproven;
  }

  /** Whether anything unproven is of a clientID that is bound to a user. */
  get relayedForOwners(): boolean {
    for (const clientId of this.#unproven.keys()) if (this.#owners.has(clientId)) return true;
    return false;
  }

  /** Says whose the structs of a clientID are from its newest clock on. Returns the row to commit, or null when the last one says it already. */
  note(clientId: number, clock: number, userId: string | null): ClientBinding | null {
    const last = this.#rows.get(clientId)?.at(-1);
    // A row that is ahead was committed by another node: the commit will find the head moved, and this is said again then.
    if (last && (last.userId === userId || last.clock >= clock)) return null;
    const row = { clientId, clock, userId };
    this.#add(row);
    this.#tentative.push(row);
    return row;
  }

  /** The oldest `count` of the tentative rows are committed. */
  settle(count: number): void {
    this.#tentative.splice(0, count);
  }

  /** Forgets what no commit has kept: the changes it came with are judged again. */
  forget(): void {
    for (const { clientId } of this.#tentative) {
      const rows = this.#rows.get(clientId)?.filter((row) => !this.#tentative.includes(row)) ?? [];
      this.#rows.delete(clientId);
      this.#owners.delete(clientId);
      this.#unproven.delete(clientId);
      for (const row of rows) this.#add(row);
    }
    this.#tentative = [];
  }

  /** Takes committed rows, each clientID's in the order of their clocks. Nothing tentative may be left. */
  learn(committed: Iterable<ClientBinding>): void {
    for (const row of committed) {
      const last = this.#rows.get(row.clientId)?.at(-1);
      if (!last || last.clock < row.clock) this.#add(row);
    }
  }

  #add(row: ClientBinding): void {
    const { clientId, clock, userId } = row;
    const rows = this.#rows.get(clientId);
    if (rows) rows.push(row);
    else this.#rows.set(clientId, [row]);
    if (userId === null) {
      if (!this.#unproven.has(clientId)) this.#unproven.set(clientId, clock);
    } else if (!this.#owners.has(clientId)) this.#owners.set(clientId, userId);
  }
}
