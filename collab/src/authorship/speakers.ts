import * as decoding from "lib0/decoding";

/** Someone who may speak for a clientID: a connection. */
export interface Speaker {
  readonly principal: { readonly userId: string };
}

/** ClientIDs of editors that have left and are remembered: one that comes back finds its clientID kept for it. */
const REMEMBERED = 10_000;

/**
 * Which user's editors say that they write with which clientIDs: each connection with one. An editor says it with its first presence,
 * before it has written anything, so this keeps a clientID that no change has bound yet. It outlives the connection: somebody who is
 * offline for a while must not be spoken for meanwhile.
 */
export class Speakers {
  readonly #claims = new Map<number, { readonly userId: string; readonly open: Set<Speaker> }>();
  readonly #clients = new WeakMap<Speaker, number>();

  /** Lets a connection speak for a clientID, unless it speaks for another or the clientID is another user's. */
  claim(speaker: Speaker, clientId: number): void {
    const { userId } = speaker.principal;
    const claim = this.#claims.get(clientId) ?? { userId, open: new Set() };
    if (this.#clients.has(speaker) || claim.userId !== userId) return;
    claim.open.add(speaker);
    this.#claims.set(clientId, claim);
    this.#clients.set(speaker, clientId);
    this.#forget();
  }

  /** A connection has closed. */
  leave(speaker: Speaker): void {
    const clientId = this.#clients.get(speaker);
    if (clientId !== undefined) this.#claims.get(clientId)?.open.delete(speaker);
  }

  /** The clientID that a connection speaks for, if it has said so. */
  clientOf(speaker: Speaker): number | undefined {
    return this.#clients.get(speaker);
  }

  /** The user whose editor was the first to speak for a clientID. */
  userOf(clientId: number): string | undefined {
    return this.#claims.get(clientId)?.userId;
  }

  /** Whether an editor that writes with the clientID is connected. */
  isOpen(clientId: number): boolean {
    return (this.#claims.get(clientId)?.open.size ?? 0) > 0;
  }

  #forget(): void {
    if (this.#claims.size <= REMEMBERED) return;
    for (const [clientId, { open }] of this.#claims) {
      if (open.size === 0) this.#claims.delete(clientId);
      if (this.#claims.size <= REMEMBERED) return;
    }
  }
}

/** The clientID that an awareness update introduces: that of its state, if it has just one and does not take it away. */
export function introduced(update: Uint8Array): number | undefined {
  const decoder = decoding.createDecoder(update);
  if (decoding.readVarUint(decoder) !== 1) return undefined;
  const clientId = decoding.readVarUint(decoder);
  decoding.readVarUint(decoder);
  return decoding.readVarString(decoder) === "null" ? undefined : clientId;
}
