import type { Duplex } from "node:stream";
import { type CloseReason, closeReasons } from "@onrecord/collab-protocol/protocol";
import type { WebSocket } from "ws";
import { CLOSE_GRACE_MS } from "./connection.js";
import type { SocketMetrics } from "./socket-metrics.js";

/** What a stock client says before it has been let in is far less; whoever sends more to a closed door is cut off. */
const FAREWELL_BYTES = 64 * 1024;

/**
 * Where sockets wait until it is decided whether they may come in: nobody knows yet whose they are, so there is a bound on how many
 * wait and an absolute one on how long, which no traffic extends. Nothing they send is read meanwhile.
 */
export class Lobby {
  #waiting = 0;

  constructor(
    private readonly limits: { readonly admissions: number; readonly admissionSeconds: number },
    private readonly socketMetrics: SocketMetrics,
  ) {}

  /** Lets `admit` decide while the socket waits. A socket too many, or one that waited too long, is told to come again. */
  async hold(socket: WebSocket, stream: Duplex, admit: () => Promise<void>): Promise<void> {
    if (this.#waiting >= this.limits.admissions)
      return this.turnAway(socket, stream, closeReasons.tooManyArriving);
    this.#waiting++;
    socket.pause();
    const deadline = setTimeout(
      () => this.turnAway(socket, stream, closeReasons.admissionTooLong),
      this.limits.admissionSeconds * 1000,
    );
    try {
      await admit();
    } finally {
      // Counted until the decision is over, not until the socket is: what waits for the database is the decision.
      this.#waiting--;
      clearTimeout(deadline);
      socket.resume();
    }
  }

  /** Closes a socket that does not come in. Its answer to the close frame is read, and little else. */
  turnAway(socket: WebSocket, stream: Duplex, why: CloseReason): void {
    if (socket.readyState !== socket.OPEN) return;
    this.socketMetrics.closed(why);
    let bytes = 0;
    stream.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > FAREWELL_BYTES) stream.destroy();
    });
    socket.close(why.code, why.reason);
    socket.resume();
    setTimeout(() => socket.terminate(), CLOSE_GRACE_MS).unref();
  }
}
