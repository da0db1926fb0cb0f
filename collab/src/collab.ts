import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import {
  type CloseReason,
  closeCode,
  closeReasons,
  heartbeatEvery,
  heartbeatFrame,
} from "@onrecord/collab-protocol/protocol";
import { type AppContext, onLogin } from "@onrecord/context/context";
import { AppError } from "@onrecord/core/errors";
import { newId } from "@onrecord/core/ids";
import type { Logger } from "@onrecord/core/log";
import type { Service } from "@onrecord/core/service";
import { within } from "@onrecord/core/within";
import { readHeads } from "@onrecord/history/store/heads";
import { History } from "@onrecord/history/store/history";
import type { HttpServer, RequestInfo } from "@onrecord/http/http-server";
import { bySystem, type Ledger } from "@onrecord/ledger/ledger";
import { spanKind } from "@onrecord/telemetry/trace/span";
import { ending, parentOf } from "@onrecord/telemetry/trace/tracer";
import { Gauge } from "prom-client";
import { type Server, WebSocketServer } from "ws";
import { Admission, type Admitted, Refusal } from "./access/admission.js";
import { EditorRights } from "./access/editor-rights.js";
import { Committer } from "./commit/committer.js";
import { CollabSocket, type Connection, framed } from "./connection/connection.js";
import { FrameMeter } from "./connection/frame-meter.js";
import { Liveness } from "./connection/liveness.js";
import { Lobby } from "./connection/lobby.js";
import { SocketMetrics } from "./connection/socket-metrics.js";
import { Staging } from "./connection/staging.js";
import { UnderWay } from "./connection/under-way.js";
import { Conversation } from "./conversation/conversation.js";
import { type RefusalHost, refuse } from "./conversation/refusal.js";
import { PresenceRelay } from "./presence/presence-relay.js";
import { PresenceRounds } from "./presence/presence-rounds.js";
import { ReplayThread } from "./replay/replay-thread.js";
import { type HeldState, StateCheck } from "./replay/state-check.js";
import { stateCheckMetrics } from "./replay/state-check-metrics.js";
import type { Room } from "./room/room.js";
import { Rooms } from "./room/rooms.js";

/** How long a room may take in at a time, in milliseconds. */
const SLICE_MS = 10;
/** Where editors connect: `/collab/<documentId>`. */
const PATH = "/collab";
/** So often it is looked at whose presence must be renewed. */
const PRESENCE_EVERY = 5000;
/** Heads are looked at so often at most, and only when anything was committed. */
const HEADS_EVERY = 1000;
/** Rooms are asked so often whether their documents may rest. */
const REST_EVERY = 1000;
/** The line of commits is tried so often while nobody edits: what a firewall has forgotten is found before somebody types. */
const LINE_EVERY = 20_000;
/** A message of more bytes is counted while it comes in and until it is taken. */
const LARGE = 1024 * 1024;
/** What a message may have beside the change in it. */
const MESSAGE_BYTES = 64 * 1024;
const heartbeat = framed(heartbeatFrame);

/** The collaboration server: y-websocket on the wire, recorded before broadcast. */
export class Collab implements Service {
  readonly name = "collab";
  readonly rooms: Rooms;
  readonly rights: EditorRights;
  readonly #ledger: Ledger;
  readonly #committer: Committer;
  readonly #admission: Admission;
  readonly #liveness = new Liveness();
  readonly #presenceRounds = new PresenceRounds();
  readonly #lobby: Lobby;
  readonly #staging: Staging<Connection>;
  readonly #presence: PresenceRelay;
  readonly #thread = new ReplayThread();
  readonly #check: StateCheck;
  readonly #server: Server<typeof CollabSocket>;
  readonly #log: Logger;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #unsubscribe: (() => void)[] = [];
  readonly #admissions = new UnderWay();
  readonly #farewells = new UnderWay();
  #draining = false;
  /** Heads may have moved since they were looked at. */
  #headsMoved = true;

  private readonly context: AppContext;

  constructor(process: AppContext) {
    const context = onLogin(process, "collab");
    this.context = context;
    const { db, bus, config, metrics, tracer } = context;
    this.#log = context.log.child({ service: "collab" });
    this.#ledger = context.ledger;
    const history = new History(context);
    this.rights = new EditorRights(context.rights, context.decisions);
    this.#committer = new Committer(
      db,
      this.#ledger,
      {
        log: this.#log,
        committed: (documentId, version) => {
          bus.publish("document.committed", { documentId, version });
          bus.publish("entries.appended", { actions: ["document.edited"] });
        },
        evict: (room, why) => this.#evict(room, why),
      },
      metrics,
      tracer,
    );
    this.rooms = new Rooms(
      db,
      history,
      {
        limits: config.limits,
        sliceMs: SLICE_MS,
        lane: history.lane,
        trace: (documentId, { by }) =>
          tracer?.begin("edit", undefined, {
            kind: spanKind.server,
            attributes: { "onrecord.document_id": documentId, "onrecord.request_id": by.requestId },
          }),
        schedule: (room) => this.#committer.schedule(room),
        isDoubtful: (connection) => this.rights.isDoubtful(connection),
        decideAgain: (room, senders) =>
          void this.rights.renew(senders).then(() => this.#committer.schedule(room)),
        now: () => this.rights.now(),
        presenceChanged: (room) => {
          this.#presenceRounds.changed(room);
          this.#presence.changed(room);
        },
        reload: (documentId, version) => history.load(documentId, version),
        readGap: (documentId, key, after) => history.since(documentId, key, after),
        check: (state) => this.#check.add(state),
        bindings: (documentId, clientIds) => this.rooms.bindings(documentId, clientIds),
        refused: (room, connection, why, changes) =>
          refuse({ ledger: this.#ledger, log: this.#log }, room, connection, why, changes),
        evict: (room, why) => this.#evict(room, why),
      },
      config.limits.rooms,
    );
    this.#check = new StateCheck({
      replay: (documentId, version, most) => history.replay(documentId, version, most),
      compare: (question) => this.#thread.compare(question),
      store: ({ documentId, version, key, encoded }) => history.checkpoint(documentId, version, key, encoded),
      diverged: (state, what) => this.#diverged(state, what),
      failed: ({ documentId }, err) =>
        this.#log.warn({ err, documentId }, "a state could not be held against its record, or not be stored"),
    });
    this.#staging = new Staging(config.limits.stagedBytes, (connection) => {
      connection.stopReading();
      connection.close(closeReasons.tooMuchArriving);
    });
    const socketMetrics = new SocketMetrics(metrics);
    this.#lobby = new Lobby(config.limits, socketMetrics);
    this.#admission = new Admission(context, this.#ledger, this.rights, this.rooms, socketMetrics);
    this.#presence = new PresenceRelay(bus, this.rooms);
    this.#server = new WebSocketServer<typeof CollabSocket>({
      noServer: true,
      WebSocket: CollabSocket,
      maxPayload: Math.max(config.limits.frameBytes, this.#editorBytes),
      perMessageDeflate: false,
      clientTracking: false,
    });
    stateCheckMetrics(metrics, this.#check);
    const { rights, rooms } = this;
    new Gauge({
      name: "onrecord_collab_connections",
      help: "open editor connections",
      registers: [metrics],
      collect() {
        this.set(rights.connections.size);
      },
    });
    new Gauge({
      name: "onrecord_collab_rooms",
      help: "documents held open",
      registers: [metrics],
      collect() {
        this.set(rooms.size);
      },
    });
  }

  async start(): Promise<void> {
    const { bus } = this.context;
    await this.#committer.start();
    this.#unsubscribe.push(
      bus.subscribe("document.committed", ({ documentId, version }) =>
        this.rooms.get(documentId)?.catchUp(version),
      ),
      // Only a hint, as all on the bus: whether it is gone is for the table to say.
      bus.subscribe("document.shredded", ({ documentId }) => {
        if (this.rooms.get(documentId)) this.#checkHeads();
      }),
      bus.onGap(() => this.#checkHeads()),
    );
    this.#presence.start();
    this.#every(heartbeatEvery, () => {
      for (const connection of this.rights.connections) connection.write(heartbeat);
    });
    this.#every(PRESENCE_EVERY, () => {
      for (const room of this.rooms.all()) room.presence.renew(performance.now());
    });
    this.#every(LINE_EVERY, () => {
      this.check().catch((err: unknown) => this.#log.warn({ err }, "edits cannot be committed just now"));
    });
    this.#every(REST_EVERY, () => {
      for (const room of this.rooms.all()) room.rest();
    });
    // A hint that got lost delays a document no longer than this and the second in which commits are noticed.
    this.#unsubscribe.push(
      this.context.rights.onCommits(() => {
        this.#headsMoved = true;
      }),
    );
    this.#every(HEADS_EVERY, () => {
      if (this.#headsMoved) this.#checkHeads();
    });
  }

  /** Mounts `/collab/<documentId>` on an HTTP server. */
  mount(http: HttpServer): void {
    http.handshakesOf(this.#server);
    http.upgrade(PATH, (request, socket, head, info) => this.#accept(request, socket, head, info));
  }

  /** Resolves when edits can be committed. */
  check(): Promise<void> {
    return this.#committer.check();
  }

  /**
   * Stops taking editors, makes durable what was received, and sends everyone to another node. With a database that does not answer it
   * ends all the same: what was not kept was acknowledged to nobody, and its authors take it to the next node.
   */
  async drain(): Promise<void> {
    this.#draining = true;
    const settled = async () => {
      // Who is just being let in is sent away with the others, and not cut off.
      await this.#admissions.settled();
      await this.#committer.idle();
    };
    if (!(await within((this.context.config.limits.stopSeconds * 1000) / 3, settled()))) {
      this.#log.error(
        { rooms: this.rooms.size },
        "the database does not answer; editors keep what could not be committed",
      );
      for (const room of this.rooms.all()) room.close(closeReasons.restart);
      this.#committer.abandon();
    }
    this.#presence.end();
    for (const room of this.rooms.all()) room.close(closeReasons.restart);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#presence.end();
    this.#liveness.stop();
    for (const timer of this.#timers) clearInterval(timer);
    for (const end of this.#unsubscribe) end();
    await this.#committer[Symbol.asyncDispose]();
    await Promise.all([this.#check[Symbol.asyncDispose](), this.#thread[Symbol.asyncDispose]()]);
    const sockets = [...this.rights.connections].map(({ socket }) => socket);
    const closed = sockets.map((socket) => new Promise((resolve) => socket.once("close", resolve)));
    for (const socket of sockets) socket.terminate();
    await Promise.all(closed);
    await this.#farewells.settled();
    this.#server.close();
  }

  /** Every upgrade is accepted: browsers hide the status of a refused one, so the reason is told as a close code. */
  #accept(request: IncomingMessage, socket: Duplex, head: Buffer, info: RequestInfo): void {
    this.#server.handleUpgrade(request, socket, head, (ws) => {
      ws.stream = socket;
      ws.on("error", (err) => this.#log.debug({ err, requestId: info.id }, "a socket failed"));
      const turnAway = (why: CloseReason) => this.#lobby.turnAway(ws, socket, why);
      if (this.#draining) return turnAway(closeReasons.restart);
      const documentId = info.url.pathname.slice(PATH.length + 1);
      // y-websocket speaks at once: what it says waits in the socket until it is let in.
      const admit = async () => {
        const outcome = await this.#admit(request, ws, info, documentId);
        if (outcome instanceof Refusal) turnAway(outcome.why);
        else if (outcome) this.#converse(outcome, ws);
      };
      const admitted = this.#lobby.hold(ws, socket, admit).catch((err: unknown) => {
        const gone = err instanceof AppError && (err.code === "NOT_FOUND" || err.code === "GONE");
        const code = gone ? closeCode.gone : closeCode.tryLater;
        if (code !== closeCode.gone)
          this.#log.error({ err, requestId: info.id }, "a connection could not be opened");
        turnAway(
          err instanceof AppError ? { code, reason: err.message.slice(0, 120) } : closeReasons.unavailable,
        );
      });
      this.#admissions.track(admitted);
    });
  }

  /** Letting somebody in may be traced: with the upgrade's trace, if it is a part of one. */
  #admit(request: IncomingMessage, ws: CollabSocket, info: RequestInfo, documentId: string) {
    const admit = () => this.#admission.admit(request, ws, info, documentId);
    const { tracer } = this.context;
    const span = tracer?.begin("GET /collab", parentOf(request), {
      kind: spanKind.server,
      attributes: { "onrecord.request_id": info.id },
    });
    if (tracer === undefined || span === undefined) return admit();
    return ending(span, async () => {
      const outcome = await tracer.run(span, admit);
      if (outcome instanceof Refusal) span.fail(String(outcome.why.code));
      return outcome;
    });
  }

  #converse({ room, connection }: Admitted, socket: CollabSocket): void {
    const { config, sessionUse: use } = this.context;
    const host = { ledger: this.#ledger, log: this.#log, limits: config.limits, use };
    const session = new Conversation(room, connection, host);
    this.#presence.changed(room);
    socket.once("close", (code) => this.#left(room, connection, code));
    this.#meter(room, connection, host);
    socket.on("message", (data, binary) => {
      const bytes = Buffer.isBuffer(data) ? data.length : 0;
      const taken = bytes > LARGE ? this.#staging.taken(connection, bytes) : undefined;
      const rest = session.receive(data, binary);
      if (taken) void (rest ?? Promise.resolve()).finally(taken);
    });
    socket.on("error", () => {
      const { violation } = socket;
      if (violation && connection.listening) refuse(host, room, connection, violation, null);
    });
    this.#liveness.watch(socket);
    session.open();
  }

  /**
   * Looks at what is coming in before it is there. A message may be as large as a document from whoever may edit it, and from nobody
   * else; and of large ones, a node holds so much and no more.
   */
  #meter(room: Room, connection: Connection, host: RefusalHost): void {
    const { stream } = connection.socket;
    const meter = new FrameMeter();
    let staged = false;
    const stage = (bytes: number) => {
      if (bytes === 0 && !staged) return;
      staged = bytes > 0;
      this.#staging.arrived(connection, bytes);
    };
    // Before the receiver sees it: that would keep it.
    stream.prependListener("data", (chunk: Buffer) => {
      meter.take(chunk);
      const most = connection.mayEdit ? this.#editorBytes : this.context.config.limits.frameBytes;
      if (meter.announced > most) {
        connection.stopReading();
        stage(0);
        refuse(host, room, connection, closeReasons.frameTooLarge, null);
      } else stage(meter.arrived > LARGE ? meter.arrived : 0);
    });
    stream.once("close", () => this.#staging.left(connection));
  }

  get #editorBytes(): number {
    return this.context.config.limits.documentBytes + MESSAGE_BYTES;
  }

  #left(room: Room, connection: Connection, code: number): void {
    this.rights.left(connection);
    room.leave(connection);
    this.rooms.left(room);
    const object = { kind: "DOCUMENT", id: room.documentId } as const;
    const recorded = this.#ledger
      .recordLater({
        action: "document.closed",
        by: connection.by,
        object,
        detail: { version: room.version, code },
      })
      .catch((err: unknown) =>
        this.#log.error({ err, requestId: connection.by.requestId }, "a closing could not be recorded"),
      );
    this.#farewells.track(recorded);
  }

  #evict(room: Room, why: CloseReason): void {
    this.rooms.forget(room);
    room.close(why);
  }

  /**
   * What a room holds is not what the record says. That is put on the record, and a room with other content is given up: its clients
   * come back to one that is read from there. Where only the order is open there is no other document to come back to.
   */
  #diverged({ documentId, version }: HeldState, what: "STATE" | "ORDER"): void {
    this.#log.error({ documentId, version, what }, "a document was not what its record makes of it");
    const by = bySystem(newId());
    const object = { kind: "DOCUMENT", id: documentId } as const;
    const recorded = this.#ledger
      .recordLater({ action: "document.diverged", by, object, detail: { version, what } })
      .catch((err: unknown) => this.#log.error({ err, documentId }, "a divergence could not be recorded"));
    this.#farewells.track(recorded);
    const room = this.rooms.get(documentId);
    if (room && what === "STATE") this.#evict(room, closeReasons.diverged);
  }

  /** Without its key a document cannot be open anywhere. */
  #shredded(documentId: string): void {
    const room = this.rooms.get(documentId);
    if (room) this.#evict(room, closeReasons.documentGone);
  }

  #checkHeads(): void {
    const open = [...this.rooms.all()];
    if (open.length === 0) return;
    this.#headsMoved = false;
    readHeads(
      this.context.db,
      open.map(({ documentId }) => documentId),
    )
      .then((rows) => {
        const heads = new Map(rows.map(({ documentId, version }) => [documentId, version]));
        for (const { documentId } of open) {
          const version = heads.get(documentId);
          if (version === undefined) this.#shredded(documentId);
          else this.rooms.get(documentId)?.catchUp(version);
        }
      })
      .catch((err: unknown) => {
        this.#headsMoved = true;
        this.#log.warn({ err }, "heads could not be read");
      });
  }

  #every(ms: number, work: () => void): void {
    this.#timers.push(setInterval(work, ms));
  }
}
