import type { WebSocket } from "ws";

/** A peer of which nothing is heard for one to two of these is gone. */
const EVERY_MS = 30_000;

/** Ends sockets whose peer is gone without a word. All are looked at together: a quiet node wakes once for them, and not for each. */
export class Liveness {
  /** Whether anything was heard of them since the last look. */
  readonly #heard = new Map<WebSocket, boolean>();
  readonly #timer = setInterval(() => this.#look(), EVERY_MS).unref();

  watch(socket: WebSocket): void {
    const heard = () => void this.#heard.set(socket, true);
    heard();
    socket.on("pong", heard);
    // Its answer may stand behind much that it sent before.
    socket.on("message", heard);
    socket.once("close", () => {
      socket.off("pong", heard).off("message", heard);
      this.#heard.delete(socket);
    });
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    for (const [socket, heard] of this.#heard) {
      // Nothing can be heard of a peer that is not read.
      if (!heard && !socket.isPaused) socket.terminate();
      else {
        this.#heard.set(socket, false);
        socket.ping();
      }
    }
  }
}
