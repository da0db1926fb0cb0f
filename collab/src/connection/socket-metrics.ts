import type { CloseReason } from "@onrecord/collab-protocol/protocol";
import { Counter, type Registry } from "prom-client";

/** Why a socket is read no further for a while. */
export type Pause =
  /** Too many of its changes wait for their commit. */
  | "commits"
  /** It sends more than its share of messages or bytes. */
  | "rate"
  /** What it sent before cannot be taken yet: its room is being rebuilt, or that is taken in parts. */
  | "room";

/** Counts what the bounds did to clients. Reasons are sentences of ours, never the client's words: their number is fixed. */
export class SocketMetrics {
  readonly #closed: Counter;
  readonly #paused: Counter;

  constructor(registry: Registry) {
    this.#closed = new Counter({
      name: "onrecord_collab_closed_total",
      help: "editor sockets that the server closed, by code and reason",
      labelNames: ["code", "reason"],
      registers: [registry],
    });
    this.#paused = new Counter({
      name: "onrecord_collab_paused_total",
      help: "how often an editor socket was read no further for a while, by cause",
      labelNames: ["cause"],
      registers: [registry],
    });
  }

  closed({ code, reason }: CloseReason): void {
    this.#closed.inc({ code, reason });
  }

  paused(cause: Pause): void {
    this.#paused.inc({ cause });
  }
}
