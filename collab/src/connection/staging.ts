/** Whose messages are staged. */
export interface Sender {
  readonly principal: { readonly userId: string };
}

/** What one sender has here: what has come of a message, and messages that are being taken. */
interface Stage {
  incoming: number;
  taking: number;
  /** It was sent away: nothing more of it is kept. */
  away: boolean;
}

/**
 * Counts what a node keeps of large messages, from their first byte until they are taken, against one budget for all. Where that is
 * exceeded, whoever has most there gives way, and comes back later: nobody can keep the others out by holding it.
 */
export class Staging<S extends Sender> {
  readonly #stages = new Map<S, Stage>();
  #bytes = 0;

  constructor(
    private readonly budget: number,
    /** Sends somebody away who has too much. */
    private readonly giveWay: (sender: S) => void,
  ) {}

  /** So many bytes of a message have come. */
  arrived(sender: S, bytes: number): void {
    const stage = this.#stage(sender);
    if (!stage.away) {
      this.#bytes += bytes - stage.incoming;
      stage.incoming = bytes;
    }
    this.#prune(sender, stage);
    this.#makeRoom();
  }

  /** A connection has closed: what had come of a message never will be one. */
  left(sender: S): void {
    const stage = this.#stages.get(sender);
    if (!stage) return;
    this.#bytes -= stage.incoming;
    stage.incoming = 0;
    stage.away = true;
    if (stage.taking === 0) this.#stages.delete(sender);
  }

  /** A message of so many bytes is there and being taken; the answer is to be called when it has been. */
  taken(sender: S, bytes: number): () => void {
    const stage = this.#stage(sender);
    stage.taking += bytes;
    this.#bytes += bytes - stage.incoming;
    stage.incoming = 0;
    return () => {
      stage.taking -= bytes;
      this.#bytes -= bytes;
      if (size(stage) === 0) this.#stages.delete(sender);
    };
  }

  #makeRoom(): void {
    while (this.#bytes > this.budget) {
      const sender = this.#largest();
      if (sender === undefined) return;
      const stage = this.#stage(sender);
      this.#bytes -= stage.incoming;
      stage.incoming = 0;
      stage.away = true;
      this.giveWay(sender);
    }
  }

  /** Of the user who has most, the sender that has most. */
  #largest(): S | undefined {
    const staying = [...this.#stages].filter(([, { away }]) => !away);
    const ofUser = new Map<string, number>();
    for (const [{ principal }, stage] of staying)
      ofUser.set(principal.userId, (ofUser.get(principal.userId) ?? 0) + size(stage));
    const user = most([...ofUser]);
    return most(
      staying
        .filter(([{ principal }]) => principal.userId === user)
        .map(([sender, stage]) => [sender, size(stage)] as const),
    );
  }

  #stage(sender: S): Stage {
    const known = this.#stages.get(sender);
    if (known) return known;
    const stage: Stage = { incoming: 0, taking: 0, away: false };
    this.#stages.set(sender, stage);
    return stage;
  }

  #prune(sender: S, stage: Stage): void {
    if (size(stage) === 0 && !stage.away) this.#stages.delete(sender);
  }
}

function size({ incoming, taking }: Stage): number {
  return incoming + taking;
}

function most<K>(entries: readonly (readonly [K, number])[]): K | undefined {
  return entries.reduce<readonly [K, number] | undefined>(
    (a, b) => (a && a[1] >= b[1] ? a : b),
    undefined,
  )?.[0];
}
