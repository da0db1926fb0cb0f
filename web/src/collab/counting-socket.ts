import { inParts } from "./parts.js";

/** What a connection tells of itself. */
export interface SocketListener {
  dialled(): void;
  opened(): void;
  /** A frame is about to be sent. */
  sending(data: unknown): void;
}

/** A WebSocket class that reports every dial, opening and frame, and sends what is large in parts, for a provider that makes its own sockets. */
export function countingWebSocket(listener: SocketListener): typeof WebSocket {
  return class extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      listener.dialled();
      // Registered before the provider's own handler, so that the count starts before its first frame.
      this.addEventListener("open", () => listener.opened());
    }

    override send(data: Parameters<WebSocket["send"]>[0]): void {
      for (const part of inParts(data)) {
        listener.sending(part);
        super.send(part);
      }
    }
  };
}
