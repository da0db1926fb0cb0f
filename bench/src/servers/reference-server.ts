import { existsSync, readFileSync } from "node:fs";
import type { Server } from "node:http";
import { join } from "node:path";
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { type WebSocket, WebSocketServer } from "ws";
import * as awareness from "y-protocols/awareness";
import * as sync from "y-protocols/sync";
import * as Y from "yjs";
import { stateFile } from "./state-file.js";

const messageSync = 0;
const messageAwareness = 1;

/** A document in memory with everyone on it. */
interface Shared {
  readonly doc: Y.Doc;
  readonly presence: awareness.Awareness;
  /** Each connection with the clientIDs whose presence it brought. */
  readonly connections: Map<WebSocket, Set<number>>;
}

/**
 * What the y-websocket project calls its server, which cannot be installed beside Yjs 13: apply what comes, send the update that Yjs
 * reports to everybody, pass presence on as y-protocols does, and keep nothing. A document lives while somebody is on it.
 */
export class ReferenceServer {
  readonly #documents = new Map<string, Shared>();

  /** `stateDir` holds the states that documents start from, if there are any. */
  constructor(
    http: Server,
    private readonly stateDir?: string,
  ) {
    new WebSocketServer({ server: http, maxPayload: 0 }).on("connection", (socket, request) => {
      const { pathname } = new URL(request.url ?? "/", "http://localhost");
      this.#enter(socket, pathname.slice(1));
    });
  }

  #enter(socket: WebSocket, name: string): void {
    const shared = this.#documents.get(name) ?? this.#make(name);
    shared.connections.set(socket, new Set());
    socket.on("message", (data) => {
      if (data instanceof Buffer) receive(shared, socket, data);
    });
    socket.on("close", () => {
      const brought = shared.connections.get(socket);
      shared.connections.delete(socket);
      awareness.removeAwarenessStates(shared.presence, [...(brought ?? [])], null);
      if (shared.connections.size > 0) return;
      shared.presence.destroy();
      shared.doc.destroy();
      this.#documents.delete(name);
    });
    socket.send(
      encoding.encode((encoder) => {
        encoding.writeVarUint(encoder, messageSync);
        sync.writeSyncStep1(encoder, shared.doc);
      }),
    );
    const present = [...shared.presence.getStates().keys()];
    if (present.length > 0) socket.send(presenceFrame(shared, present));
  }

  #make(name: string): Shared {
    const doc = new Y.Doc();
    const presence = new awareness.Awareness(doc);
    presence.setLocalState(null);
    const shared: Shared = { doc, presence, connections: new Map() };
    this.#documents.set(name, shared);
    const path = this.stateDir === undefined ? undefined : join(this.stateDir, stateFile(name));
    if (path !== undefined && existsSync(path)) Y.applyUpdate(doc, readFileSync(path));
    doc.on("update", (update: Uint8Array) => {
      const frame = encoding.encode((encoder) => {
        encoding.writeVarUint(encoder, messageSync);
        sync.writeUpdate(encoder, update);
      });
      for (const socket of shared.connections.keys()) socket.send(frame);
    });
    presence.on("update", ({ added, updated, removed }: Changes, origin: unknown) => {
      const brought = shared.connections.get(origin as WebSocket);
      for (const id of added) brought?.add(id);
      for (const id of removed) brought?.delete(id);
      const frame = presenceFrame(shared, [...added, ...updated, ...removed]);
      for (const socket of shared.connections.keys()) socket.send(frame);
    });
    return shared;
  }
}

interface Changes {
  readonly added: number[];
  readonly updated: number[];
  readonly removed: number[];
}

function receive({ doc, presence }: Shared, socket: WebSocket, frame: Buffer): void {
  const decoder = decoding.createDecoder(frame);
  switch (decoding.readVarUint(decoder)) {
    case messageSync: {
      const answer = encoding.createEncoder();
      encoding.writeVarUint(answer, messageSync);
      sync.readSyncMessage(decoder, answer, doc, socket);
      if (encoding.length(answer) > 1) socket.send(encoding.toUint8Array(answer));
      return;
    }
    case messageAwareness:
      awareness.applyAwarenessUpdate(presence, decoding.readVarUint8Array(decoder), socket);
  }
}

function presenceFrame({ presence }: Shared, clients: number[]): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, messageAwareness);
    encoding.writeVarUint8Array(encoder, awareness.encodeAwarenessUpdate(presence, clients));
  });
}
