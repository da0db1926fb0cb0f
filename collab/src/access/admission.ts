import type { IncomingMessage } from "node:http";
import { type CloseReason, closeReasons } from "@onrecord/collab-protocol/protocol";
import type { AppContext } from "@onrecord/context/context";
import { isId } from "@onrecord/core/ids";
import type { RequestInfo } from "@onrecord/http/http-server";
import type { Ledger } from "@onrecord/ledger/ledger";
import { findCredential, isCrossSite, originFacts } from "@onrecord/policy/credentials";
import { mismatch, namedSessions } from "@onrecord/policy/named-session";
import { authenticate, byCaller, type Principal } from "@onrecord/policy/principal";
import { type CollabSocket, Connection } from "../connection/connection.js";
import type { SocketMetrics } from "../connection/socket-metrics.js";
import type { Room } from "../room/room.js";
import type { Rooms } from "../room/rooms.js";
import type { Permits } from "./permits.js";

/** A connection that was let in, and where. */
export interface Admitted {
  readonly room: Room;
  readonly connection: Connection;
}

/** Why a socket is closed instead. */
export class Refusal {
  constructor(readonly why: CloseReason) {}
}

/** Decides at the door who may enter a room, and puts on the record who came and who was turned away. */
export class Admission {
  constructor(
    private readonly context: AppContext,
    private readonly ledger: Ledger,
    private readonly permits: Permits,
    private readonly rooms: Rooms,
    private readonly tally: SocketMetrics,
  ) {}

  /** Lets a socket in, or says why not; undefined when the socket has gone. `documentId` is what the path names. */
  async admit(
    request: IncomingMessage,
    socket: CollabSocket,
    info: RequestInfo,
    documentId: string,
  ): Promise<Admitted | Refusal | undefined> {
    const principal = await this.#authenticate(request, info);
    const by = byCaller({ principal, requestId: info.id, from: originFacts(request) });
    if (principal === null) {
      await this.ledger.record({ action: "session.refused", by, object: null, detail: { reason: "token" } });
      return new Refusal(closeReasons.notSignedIn);
    }
    const why = mismatch(namedSessions(request, info.url.searchParams), principal);
    if (why !== null) {
      await this.ledger.record({
        action: "session.refused",
        by,
        object: null,
        detail: { reason: "other-session" },
      });
      return new Refusal(closeReasons.otherSession);
    }
    if (!isId(documentId)) return new Refusal(closeReasons.noSuchDocument);
    const object = { kind: "DOCUMENT", id: documentId } as const;
    const permit = await this.permits.decide(principal, documentId);
    if (permit.access === null) {
      const reasons = permit.decision.reasons.map(({ id }) => id);
      await this.ledger.record({
        action: "access.denied",
        by,
        object,
        detail: { permission: "view", reasons },
      });
      return permit.visible ? new Refusal(closeReasons.mayNotOpen) : new Refusal(closeReasons.noSuchDocument);
    }
    if (this.#tooMany(principal, documentId)) return new Refusal(closeReasons.tooManyConnections);
    const { head } = await this.rooms.peek(documentId);
    await this.ledger.record({
      action: "document.opened",
      by,
      object,
      detail: { via: "collab", version: head, access: permit.access },
    });
    return this.#enter(socket, info, documentId, by, principal.sessionId);
  }

  /** Enters the room with rights that are read last: from the reading on nothing is awaited, so nothing can come between. */
  async #enter(
    socket: CollabSocket,
    info: RequestInfo,
    documentId: string,
    by: Connection["by"],
    sessionId: string,
  ): Promise<Admitted | Refusal | undefined> {
    for (;;) {
      const room = await this.rooms.enter(documentId);
      let entered = false;
      try {
        const standing = await this.permits.stand(sessionId, documentId);
        if (standing !== null && standing.permit.decision.revision !== this.permits.revision) continue;
        // Evicted while we looked: what is written into it would go nowhere.
        if (this.rooms.get(documentId) !== room) continue;
        if (standing === null) return new Refusal(closeReasons.sessionEnded);
        const { principal, permit } = standing;
        if (permit.access === null) return new Refusal(closeReasons.accessRemoved);
        if (socket.readyState !== socket.OPEN) return undefined;
        // Counted again: many who came at once were all few when they were counted first.
        if (this.#tooMany(principal, documentId)) return new Refusal(closeReasons.tooManyConnections);
        const options = {
          acks: info.url.searchParams.get("ack") === "1",
          limits: this.context.config.limits,
          tally: this.tally,
        };
        const { access, expiresAt } = permit;
        const connection = new Connection(socket, documentId, principal, access, expiresAt, by, options);
        room.connections.add(connection);
        this.permits.connections.add(connection);
        entered = true;
        return { room, connection };
      } finally {
        if (!entered) this.rooms.left(room);
      }
    }
  }

  async #authenticate(request: IncomingMessage, info: RequestInfo): Promise<Principal | null> {
    const credential = findCredential(request, info.url.searchParams);
    // A cookie comes along from any page, so a page of another site must not be able to use it.
    if (!credential || (credential.carrier === "cookie" && isCrossSite(request))) return null;
    return authenticate(this.context.db, credential.token);
  }

  #tooMany(principal: Principal, documentId: string): boolean {
    const { connectionsPerUser, connectionsPerDocument } = this.context.config.limits;
    let ofUser = 0;
    for (const connection of this.permits.connections) {
      if (connection.principal.userId === principal.userId) ofUser++;
    }
    return (
      ofUser >= connectionsPerUser ||
      (this.rooms.get(documentId)?.connections.size ?? 0) >= connectionsPerDocument
    );
  }
}
