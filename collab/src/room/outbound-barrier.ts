import type { Connection } from "../connection/connection.js";

/** A message, with the newest change that it tells of. */
export interface Message {
  readonly seq: number;
  readonly frames: () => readonly Buffer[];
}

interface Entry {
  readonly connection: Connection;
  readonly prepare: () => Message;
  /** Undefined until the document that it is to tell of is there. */
  message: Message | undefined;
  /** Undefined for an acknowledgement. */
  readonly sent: (() => void) | undefined;
}

/** Messages that tell of what is not durable yet: each is sent when it is. */
export class OutboundBarrier {
  #entries: Entry[] = [];

  /**
   * Keeps a message until its changes are durable. `prepare` reads from the document what it will say, now and again whenever the
   * document is rebuilt; not yet if it is being rebuilt, since it may hold what was refused: a commit under way would let that out.
   * `sent` is called when it goes out.
   */
  hold(connection: Connection, prepare: () => Message, isRebuilding: boolean, sent?: () => void): void {
    this.#entries.push({ connection, prepare, message: isRebuilding ? undefined : prepare(), sent });
  }

  /** Everything up to `seq` is durable. */
  release(seq: number): void {
    const entries = this.#entries;
    const isReady = ({ message }: Entry) => message !== undefined && message.seq <= seq;
    this.#entries = entries.filter((entry) => !isReady(entry));
    for (const entry of entries) if (isReady(entry)) deliver(entry);
  }

  /** What was to be said of the old document is said of the one that is there now. */
  prepareAgain(): void {
    for (const entry of this.#entries) entry.message = entry.prepare();
  }

  /** What these were to be told is durable may not be all that they have sent. */
  dropAcknowledgements(of: ReadonlySet<Connection>): void {
    this.#entries = this.#entries.filter(({ connection, sent }) => sent !== undefined || !of.has(connection));
  }

  clear(): void {
    this.#entries = [];
  }
}

/** Nothing is told to a connection that is being refused: what an acknowledgement covers may be what was refused. */
function deliver({ connection, message, sent }: Entry): void {
  if (!connection.listening) return;
  for (const frame of message?.frames() ?? []) connection.writeState(frame);
  sent?.();
}
