import type { IncomingMessage, ServerResponse } from "node:http";
import type { EntityManager } from "@mikro-orm/postgresql";
import { AppError } from "@onrecord/core/errors";
import type { RequestHandler, RequestInfo } from "@onrecord/http/http-server";
import type { By } from "@onrecord/ledger/ledger";
import { holdPermissions } from "@onrecord/policy/change";
import { originFacts } from "@onrecord/policy/credentials";
import type { Decision } from "@onrecord/policy/decision";
import { type Principal, principalOfSession } from "@onrecord/policy/principal";
import type { Tx } from "@onrecord/postgres/database";
import { type Orm, unitOfWork } from "@onrecord/postgres/orm";
import type { DocumentsServices } from "../context.js";
import { attachmentHeaders, fileName } from "./attachment.js";
import { refuseOtherSession } from "./other-session.js";
import { renderCopy } from "./render.js";
import { findTicket, type Ticket, useTicket } from "./ticket.js";

/** Answers `GET /download/<ticket>`. */
export function downloadHandler(services: DocumentsServices, orm: Orm): RequestHandler {
  return async (request, response, info) => {
    try {
      // Looking whether it is there would use the ticket up.
      if (request.method !== "GET") return refuse(response, 405, "Fetch this with GET.", { allow: "GET" });
      const token = info.url.pathname.slice("/download/".length);
      const { body, headers } = await fetchCopy(services, orm.em(), token, request, info);
      response.writeHead(200, headers).end(body);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      refuse(response, error.status, error.message);
    }
  };
}

/**
 * Makes the copy and then, in one transaction, uses the ticket, decides once more and records the download. Only after its
 * commit does a byte leave: a copy that is out is on the record, and one that could not be made is not.
 */
async function fetchCopy(
  services: DocumentsServices,
  em: EntityManager,
  token: string,
  request: IncomingMessage,
  info: RequestInfo,
) {
  const { db, ledger, history } = services;
  const ticket = await findTicket(em, token);
  const principal = ticket && (await principalOfSession(db, ticket.sessionId));
  if (!ticket || !principal) throw noTicket();
  await refuseOtherSession(services, principal, request, info);
  const body = await renderCopy(history, ticket, principal);

  const { documentId, version, format, sessionId, userId } = ticket;
  const from = originFacts(request);
  const by: By = { actorKind: "USER", actorId: userId, sessionId, requestId: info.id, from };
  const decision = await ledger.transaction(by, async (tx) => {
    if (!(await useTicket(unitOfWork(em, tx), ticket))) throw noTicket();
    const decision = await decideUnderLock(services, tx, ticket);
    if (decision === null) throw noTicket();
    const object = { kind: "DOCUMENT", id: documentId } as const;
    if (decision.allow)
      await tx.append({ action: "document.downloaded", object, detail: { format, version } });
    else {
      const reasons = decision.reasons.map(({ id }) => id);
      await tx.append({
        action: "document.download-refused",
        object,
        detail: { format, reasons },
      });
    }
    return decision;
  });
  if (!decision.allow) throw refusal(decision);
  return { body, headers: attachmentHeaders(fileName(ticket.title, version, format), format, body.length) };
}

/** Permission changes take the same lock: none commits between this decision and the commit it is made for. */
async function decideUnderLock(
  { decisions }: DocumentsServices,
  tx: Tx,
  { sessionId, documentId }: Ticket,
): Promise<Decision | null> {
  await holdPermissions(tx);
  const principal: Principal | null = await principalOfSession(tx, sessionId);
  return principal && decisions.decide(principal, "download", documentId, tx);
}

function noTicket(): AppError {
  return new AppError(
    "NOT_FOUND",
    "This link was used, has expired, or never was; ask for the download again.",
  );
}

function refusal({ visible, reasons }: Decision): AppError {
  if (!visible) return noTicket();
  return new AppError("FORBIDDEN", reasons[0]?.text ?? "You may not download this.", { reasons });
}

function refuse(response: ServerResponse, status: number, sentence: string, headers = {}): void {
  response
    .writeHead(status, {
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      ...headers,
    })
    .end(`${sentence}\n`);
}
