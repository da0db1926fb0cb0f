import type { IncomingMessage } from "node:http";
import { type CloseReason, closeReasons } from "@onrecord/collab-protocol/protocol";
import type { AppContext } from "@onrecord/context/context";
import { isId } from "@onrecord/core/ids";
import { onAccountOf } from "@onrecord/core/owner";
import type { RequestInfo } from "@onrecord/http/http-server";
import type { AuditEvents } from "@onrecord/ledger/events/catalogue";
import type { By, Ledger } from "@onrecord/ledger/ledger";
import { Arrivals } from "@onrecord/policy/arrivals";
import { findCredential, isCrossSite, originFacts } from "@onrecord/policy/credentials";
import { mismatch, namedSessions } from "@onrecord/policy/named-session";
import { byCaller, type Caller, ownerOf, type Principal } from "@onrecord/policy/principal";
import { type CollabSocket, Connection } from "../connection/connection.js";
import type { SocketMetrics } from "../connection/socket-metrics.js";
import type { Room } from "../room/room.js";
import type { Rooms } from "../room/rooms.js";
import type { EditorRights, Opening } from "./editor-rights.js";

/** A connection that was let in, and where. */
export interface Admitted {
  readonly room: Room;
  readonly connection: Connection;
}

/** Why a socket is closed instead. */
export class Refusal {
  constructor(readonly why: CloseReason) {}
}

type SessionFault = AuditEvents["session.refused"]["reason"];

/** Decides who may enter a room, and puts on the record who came and who was turned away. */
export class Admission {
  readonly #arrivals: Arrivals;

  constructor(
    private readonly context: AppContext,
    private readonly ledger: Ledger,
    private readonly rights: EditorRights,
    private readonly rooms: Rooms,
    private readonly socketMetrics: SocketMetrics,
  ) {
    this.#arrivals = new Arrivals(context.db);
  }

  /** Lets a socket in, or says why not; undefined when the socket has gone. `documentId` is what the path names. */
  async admit(
    request: IncomingMessage,
    socket: CollabSocket,
    info: RequestInfo,
    documentId: string,
  ): Promise<Admitted | Refusal | undefined> {
    const { principal, refused } = await this.#authenticate(request, info);
    const caller = { principal, requestId: info.id, from: originFacts(request, info.visitor) };
    return onAccountOf(ownerOf(caller), () =>
      this.#admitCaller(request, socket, info, documentId, caller, refused),
    );
  }

  async #admitCaller(
    request: IncomingMessage,
    socket: CollabSocket,
    info: RequestInfo,
    documentId: string,
    caller: Caller,
    refused: SessionFault,
  ): Promise<Admitted | Refusal | undefined> {
    const { principal } = caller;
    const by = byCaller(caller);
    if (principal === null) {
      await this.#refuseSession(by, refused);
      return new Refusal(closeReasons.notSignedIn);
    }
    const named = namedSessions(request, info.url.searchParams);
    const why = mismatch(named, principal);
    if (why !== null) {
      await this.#refuseSession(by, "other-session");
      return new Refusal(closeReasons.otherSession);
    }
    // A page comes back by itself when its line was broken; it says by other requests that somebody sits before it.
    if (named.length === 0) this.context.sessionUse.note(principal.sessionId);
    if (!isId(documentId)) {
      await this.#deny(by, null, ["malformed-id"]);
      return new Refusal(closeReasons.noSuchDocument);
    }
    const opening = await this.rights.open(principal.sessionId, documentId);
    const outcome = await this.#open(socket, info, documentId, by, opening).catch((error: unknown) => {
      opening.right.release();
      throw error;
    });
    if (outcome === undefined || outcome instanceof Refusal) opening.right.release();
    return outcome;
  }

  async #open(
    socket: CollabSocket,
    info: RequestInfo,
    documentId: string,
    by: Connection["by"],
    opening: Opening,
  ): Promise<Admitted | Refusal | undefined> {
    const permit = opening.permit();
    if (permit === null) return this.#ended(by);
    if (permit.access === null) {
      await this.#deny(
        by,
        documentId,
        permit.view.reasons.map(({ id }) => id),
      );
      return permit.visible ? new Refusal(closeReasons.mayNotOpen) : new Refusal(closeReasons.noSuchDocument);
    }
    if (this.#tooMany(by.actorId, documentId)) return new Refusal(closeReasons.tooManyConnections);
    const { head } = await this.rooms.peek(documentId);
    await this.ledger.record({
      action: "document.opened",
      by,
      object: { kind: "DOCUMENT", id: documentId },
      detail: { via: "collab", version: head, access: permit.access },
    });
    return this.#enter(socket, info, documentId, by, opening);
  }

  /** Enters the room with what the right gives now: it is kept true while its holder waits, and from the look at it on nothing is awaited. */
  async #enter(
    socket: CollabSocket,
    info: RequestInfo,
    documentId: string,
    by: Connection["by"],
    opening: Opening,
  ): Promise<Admitted | Refusal | undefined> {
    for (;;) {
      const room = await this.rooms.enter(documentId);
      let entered = false;
      try {
        // Evicted while we waited: what is written into it would go nowhere.
        if (this.rooms.get(documentId) !== room) continue;
        const { standing } = opening.right;
        const permit = opening.permit();
        if (standing === null || permit === null) return await this.#ended(by);
        const { access } = permit;
        if (access === null) {
          await this.#deny(
            by,
            documentId,
            permit.view.reasons.map(({ id }) => id),
          );
          return new Refusal(closeReasons.accessRemoved);
        }
        if (socket.readyState !== socket.OPEN) return undefined;
        // Counted again: many who came at once were all few when they were counted first.
        if (this.#tooMany(by.actorId, documentId)) return new Refusal(closeReasons.tooManyConnections);
        const options = {
          acks: info.url.searchParams.get("ack") === "1",
          limits: this.context.config.limits,
          socketMetrics: this.socketMetrics,
        };
        const { principal } = standing;
        const connection = new Connection(socket, documentId, principal, opening.right, access, by, options);
        connection.discreet = permit.discreet;
        room.connections.add(connection);
        opening.enter(connection);
        entered = true;
        return { room, connection };
      } finally {
        if (!entered) this.rooms.left(room);
      }
    }
  }

  async #authenticate(
    request: IncomingMessage,
    info: RequestInfo,
  ): Promise<{ principal: Principal | null; refused: SessionFault }> {
    const credential = findCredential(request, info.url.searchParams);
    if (!credential) return { principal: null, refused: "missing" };
    // A cookie comes along from any page, so a page of another site must not be able to use it.
    if (credential.carrier === "cookie" && isCrossSite(request, info.visitor))
      return { principal: null, refused: "cross-site" };
    return {
      principal: await this.#arrivals.prove(info.visitor.ip, credential.token),
      refused: "token",
    };
  }

  async #refuseSession(by: By, reason: SessionFault): Promise<void> {
    await this.ledger.refuse({
      action: "session.refused",
      by,
      object: null,
      detail: { reason, door: "/collab" },
    });
  }

  /** The session was proven, and has ended since. */
  async #ended(by: By): Promise<Refusal> {
    await this.#refuseSession(by, "expired");
    return new Refusal(closeReasons.sessionEnded);
  }

  /** `documentId` null: what was asked for is no id. */
  async #deny(by: By, documentId: string | null, reasons: string[]): Promise<void> {
    await this.ledger.refuse({
      action: "access.denied",
      by,
      object: { kind: "DOCUMENT", id: documentId },
      detail: { permission: "view", reasons },
    });
  }

  #tooMany(userId: string | null, documentId: string): boolean {
    const { connectionsPerUser, connectionsPerDocument } = this.context.config.limits;
    let ofUser = 0;
    for (const connection of this.rights.connections) {
      if (connection.principal.userId === userId) ofUser++;
    }
    return (
      ofUser >= connectionsPerUser ||
      (this.rooms.get(documentId)?.connections.size ?? 0) >= connectionsPerDocument
    );
  }
}
