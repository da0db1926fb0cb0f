import type { Server } from "node:http";
import type { Socket } from "node:net";
import { networkOf } from "@onrecord/core/network";
import { Pace } from "@onrecord/core/pace";

/** Connections whose first request is begun to be read in one turn of the event loop. */
const PER_TURN = 32;
/** So many may wait for that; behind a proxy all are of one network. */
const WAITING = 20_000;

/**
 * Has first requests read a few in each turn of the event loop, network by network. Whoever opens a thousand connections and then speaks
 * on all of them at once would otherwise have all that parsed in one turn, before anybody's edit. A connection that says nothing for
 * `silenceMs` is cut. To be called before anything else listens to the server's connections.
 */
export function readInTurn(server: Server, silenceMs: number): void {
  const pace = new Pace(PER_TURN, { eachOf: WAITING, all: WAITING });
  const serve = server.listeners("connection") as ((socket: Socket) => void)[];
  server.removeAllListeners("connection");
  const begin = (socket: Socket) => {
    if (socket.destroyed) return;
    socket.setTimeout(0);
    for (const listener of serve) listener.call(server, socket);
    // What was read already comes first.
    socket.resume();
  };
  server.on("connection", (socket) => {
    const cut = () => void socket.destroy();
    socket.on("error", cut);
    socket.setTimeout(silenceMs, cut);
    socket.once("readable", () => {
      socket.off("timeout", cut);
      pace.pass(networkOf(socket.remoteAddress ?? null)).then(() => begin(socket), cut);
    });
  });
}
