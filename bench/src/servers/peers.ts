import { randomUUID } from "node:crypto";
import { programOf } from "../compile.js";
import type { WireName } from "../load/job.js";
import { startChild } from "./child.js";
import { onrecord } from "./onrecord.js";
import type { Server } from "./server.js";

/** A server that keeps nothing: a program of this directory, which is told the directory of states when there are any. */
function peer(name: string, about: string, wire: WireName): Server {
  return {
    name,
    about,
    wire,
    async start({ dir, seeded, nodeArgs }) {
      const args = [...nodeArgs, programOf(`servers/${name}-main`), ...(seeded ? [dir] : [])];
      const child = await startChild(name, args, { NODE_ENV: "production" });
      return {
        target: {
          wire,
          url: child.url.replace(/^http/, "ws"),
          pid: child.pid,
          tokens: ["token"],
          stateDir: seeded ? dir : undefined,
          database: undefined,
        },
        createDocuments: async (count) => Array.from({ length: count }, () => randomUUID()),
        ended: () => child.ended(),
        [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
      };
    },
  };
}

/** Everyone that can be compared; the first is what the others are compared with. */
export const servers: readonly Server[] = [
  onrecord,
  peer("hocuspocus", "@hocuspocus/server 4.7.0 without persistence and extensions", "hocuspocus"),
  peer("reference", "a y-websocket server like the reference one, without persistence", "y-websocket"),
];
