import { message, readAccess, readAck, sync } from "@onrecord/collab-protocol/protocol";
import { Awareness } from "y-protocols/awareness";
import { WebsocketProvider } from "y-websocket";
import { Doc, decodeStateVector, getState } from "yjs";
import { socketUrl } from "../api/socket.js";
import { countingWebSocket } from "./counting-socket.js";
import { endingOf } from "./ending.js";
import { frameKind } from "./frame-kind.js";
import { Gathered } from "./gathered.js";
import { fresh, isEnding, next, type SavedEvent, type SavedState } from "./saved-state.js";

/** Who is writing here, as colleagues see it; the server replaces the name and the id with the proven ones. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly color: string;
}

/** One person's live connection to one document: the shared text, who is here, and what of it is saved. */
export class CollabSession {
  readonly doc = new Doc();
  readonly awareness = new Awareness(this.doc);
  readonly provider: WebsocketProvider;
  readonly #listeners = new Set<() => void>();
  #saved: SavedState = fresh;
  #synced = false;
  /** The session in whose name the last connection was asked for. */
  #dialledAs: string | undefined;
  #onRefused = () => {};
  readonly #gathered = new Gathered(this.doc, () => this.provider);

  constructor(
    readonly documentId: string,
    readonly person: Person,
  ) {
    this.awareness.setLocalStateField("user", person);
    // Before the provider, whose own handler sends: a change is counted before the frame that carries it.
    this.doc.on("update", (_update: Uint8Array, origin: unknown) => {
      if (origin === this.provider) return;
      this.#happen({ type: "changed" });
      this.#gathered.typed();
    });
    this.provider = new WebsocketProvider(socketUrl("/collab"), documentId, this.doc, {
      connect: false,
      awareness: this.awareness,
      params: { ack: "1" },
      // Tabs must not pass changes to each other behind the server's back: each writes in its own name, on the record.
      disableBc: true,
      WebSocketPolyfill: countingWebSocket({
        dialled: () => {
          this.#dialledAs = this.provider.params.session;
          this.#happen({ type: "dialled" });
        },
        opened: () => this.#happen({ type: "opened" }),
        sending: (data) => this.#count(data),
      }),
    });
    this.#gatherWhileTyping();
    this.provider.messageHandlers[message.ack] = (_encoder, decoder) => {
      const { received, version, committedAt: at, stateVector } = readAck(decoder);
      const clocks = decodeStateVector(stateVector);
      const clockOf = (client: number) => clocks.get(client) ?? 0;
      this.#happen({ type: "acknowledged", received, version, at, clockOf });
    };
    this.provider.messageHandlers[message.access] = (_encoder, decoder) => {
      this.#happen({ type: "access", access: readAccess(decoder).access });
    };
    this.provider.on("connection-close", () => {
      this.#gathered.flush();
      this.#happen({ type: "dropped" });
    });
    this.provider.on("closed", ({ code, reason }) => {
      const why = endingOf(code, reason);
      if (why === "signed-out") this.#turnedAway();
      else this.#happen({ type: "ended", why });
    });
    this.provider.on("sync", (synced) => {
      if (!synced || this.#synced) return;
      this.#synced = true;
      this.#tell();
    });
  }

  /** Whether the document was received once, so that it can be shown. */
  get synced(): boolean {
    return this.#synced;
  }

  /** What of the local changes is saved; a new object after every change. */
  get saved(): SavedState {
    return this.#saved;
  }

  /**
   * Connects, or connects again after a close whose cause is gone (a new sign-in), in the name of this session: the server takes
   * nothing from a page whose browser is signed in to another. `refused` is called when it does not take this one; until somebody
   * has found out why, the document is offline.
   */
  connect(sessionId: string, refused: () => void): void {
    this.provider.params.session = sessionId;
    this.#onRefused = refused;
    const { link } = this.#saved;
    if (!isEnding(link) || link === "signed-out") this.provider.connect();
  }

  /** Mounts up until `connect`: the page's session has ended, or its browser is somebody else's. What is unsent is kept. */
  hangUp(): void {
    if (isEnding(this.#saved.link)) return;
    this.#happen({ type: "ended", why: "signed-out" });
    this.provider.disconnect();
  }

  /** Calls back after every change of `saved` and `synced`. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Takes a version that another channel told of for the head. */
  headIs(version: number, at: string): void {
    if (version >= (this.#saved.head?.version ?? 0)) this.#happen({ type: "head", version, at });
  }

  destroy(): void {
    this.#listeners.clear();
    this.#gathered.drop();
    this.provider.destroy();
    this.awareness.destroy();
    this.doc.destroy();
  }

  /** Single updates and carets may wait a blink; whatever else comes is taken in behind what waits. */
  #gatherWhileTyping(): void {
    const { messageHandlers } = this.provider;
    for (const kind of [message.sync, message.awareness]) {
      const handle = messageHandlers[kind];
      if (!handle) continue;
      messageHandlers[kind] = (encoder, decoder, ...rest) => {
        const single = kind === message.awareness || decoder.arr[decoder.pos] === sync.update;
        if (single && this.#synced) return this.#gathered.take(() => handle(encoder, decoder, ...rest));
        this.#gathered.flush();
        handle(encoder, decoder, ...rest);
      };
    }
  }

  #turnedAway(): void {
    // It had been on its way since before the page went on in another session of the same person.
    if (this.#dialledAs !== this.provider.params.session) this.provider.connect();
    else this.#onRefused();
  }

  #count(data: unknown): void {
    const kind = frameKind(data);
    if (kind === null) return;
    const client = this.doc.clientID;
    this.#happen({ type: "sent", full: kind === "full", client, clock: getState(this.doc.store, client) });
  }

  #happen(event: SavedEvent): void {
    this.#saved = next(this.#saved, event);
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
