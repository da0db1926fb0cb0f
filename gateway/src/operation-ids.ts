import type { WebSocket as ProtocolSocket } from "graphql-ws";

/**
 * Gives every operation of a socket an id of its own, whatever its client calls it. A client may end an operation and begin the next
 * under the same id at once, while the first is still being opened: `graphql-ws`, which keeps one entry for each id, would take one for
 * the other. `ended` hears, by its own id, of an operation that its client ends.
 */
export function withOwnIds(socket: ProtocolSocket, ended: (id: string) => void): ProtocolSocket {
  /** The client's id → ours, and back, of what is under way. */
  const own = new Map<string, string>();
  const clients = new Map<string, string>();
  let begun = 0;
  const forget = (id: string) => {
    own.delete(clients.get(id) ?? "");
    clients.delete(id);
  };
  return {
    protocol: socket.protocol,
    close: (code, reason) => socket.close(code, reason),
    send(data) {
      const [head, id = "", type] = /^\{"id":"(\d+)","type":"(\w+)"/.exec(data) ?? [];
      if (head === undefined) return socket.send(data);
      const name = clients.get(id);
      // What its client has ended is heard of no more.
      if (name === undefined) return undefined;
      if (type !== "next") forget(id);
      return socket.send(`{"id":${JSON.stringify(name)},"type":"${type}"${data.slice(head.length)}`);
    },
    onMessage: (listener) =>
      socket.onMessage(async (text) => {
        const message = operationMessage(text);
        if (message === undefined) return listener(text);
        let id = own.get(message.id);
        if (message.type === "complete") {
          if (id === undefined) return;
          forget(id);
          ended(id);
        } else if (id === undefined) {
          id = String(++begun);
          own.set(message.id, id);
          clients.set(id, message.id);
        }
        await listener(JSON.stringify({ ...message, id }));
      }),
  };
}

/** A message about an operation; undefined for any other, which the protocol judges. */
function operationMessage(text: string): { id: string; type: string } | undefined {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof message !== "object" || message === null) return undefined;
  const { id, type } = message as { id?: unknown; type?: unknown };
  if (typeof id !== "string" || id === "" || (type !== "subscribe" && type !== "complete")) return undefined;
  return message as { id: string; type: string };
}
