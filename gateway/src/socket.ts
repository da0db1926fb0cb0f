import { AppError } from "@onrecord/core/errors";
import type { WebSocket as ProtocolSocket } from "graphql-ws";
import type { WebSocket } from "ws";

/** A client that lets this much pile up reads no more, and is cut off. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
/** How long a peer may leave a ping unanswered, in milliseconds. */
const PING_MS = 15_000;

/**
 * Carries a protocol over a WebSocket: bounded for slow readers, cut for dead ones. `opened` starts the protocol and returns what
 * it wants to know when the socket closes. `check` throws for a message that must not be parsed.
 */
export function carry(
  ws: WebSocket,
  opened: (socket: ProtocolSocket) => (code?: number, reason?: string) => Promise<void>,
  check: (message: Buffer) => void,
): void {
  const closed = opened({
    protocol: ws.protocol,
    send: (data) =>
      new Promise((resolve, reject) => {
        if (ws.bufferedAmount > MAX_WAITING_BYTES) ws.terminate();
        ws.send(data, (error) => (error ? reject(error) : resolve()));
      }),
    close: (code, reason) => ws.close(code, reason),
    onMessage: (listener) =>
      ws.on("message", (data: Buffer) => {
        try {
          check(data);
        } catch (error) {
          return ws.close(1009, error instanceof AppError ? error.message : "this message is too large");
        }
        listener(String(data)).catch(() => ws.close(1011, "internal error"));
      }),
  });
  let alive = true;
  ws.on("pong", () => {
    alive = true;
  });
  const ping = setInterval(() => {
    if (!alive) return ws.terminate();
    alive = false;
    ws.ping();
  }, PING_MS);
  ws.once("close", (code, reason) => {
    clearInterval(ping);
    void closed(code, String(reason));
  });
}
