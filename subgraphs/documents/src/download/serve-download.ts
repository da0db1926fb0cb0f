import type { ServerResponse } from "node:http";
import type { EntityManager } from "@mikro-orm/postgresql";
import { AppError } from "@onrecord/core/errors";
import { onAccountOf } from "@onrecord/core/owner";
import type { RequestHandler } from "@onrecord/http/http-server";
import type { AuditEvents } from "@onrecord/ledger/events/catalogue";
import type { LinkRefusal } from "@onrecord/ledger/events/download";
import type { RecordedTx } from "@onrecord/ledger/ledger";
import { holdPermissions } from "@onrecord/policy/change";
import type { Decision } from "@onrecord/policy/decision";
import { byCaller, type Caller, ownerOf, principalOfSession } from "@onrecord/policy/principal";
import type { Sql, Tx } from "@onrecord/postgres/database";
import { type Orm, unitOfWork } from "@onrecord/postgres/orm";
import type { DocumentsServices } from "../context.js";
import { attachmentHeaders, fileName } from "./attachment.js";
import { callerWithLink, refusalOf } from "./bearer.js";
import { renderCopy } from "./render.js";
import { findTicket, type Ticket, useTicket } from "./ticket.js";

/** Answers `GET /download/<ticket>`. */
export function downloadHandler(services: DocumentsServices, orm: Orm): RequestHandler {
  return async (request, response, info) => {
    try {
      // Looking whether it is there would use the ticket up.
      if (request.method !== "GET") return refuse(response, 405, "Fetch this with GET.", { allow: "GET" });
      const token = info.url.pathname.slice("/download/".length);
      const caller = await callerWithLink(services, request, info);
      const { body, headers } = await onAccountOf(ownerOf(caller), () =>
        fetchCopy(services, orm.em(), token, caller, response),
      );
      response.writeHead(200, headers);
      for (const piece of body) response.write(piece);
      response.end();
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
  caller: Caller,
  response: ServerResponse,
) {
  const { db, ledger, readings, turns } = services;
  const ticket = await findTicket(em, token);
  const at = await databaseTime(db);
  const why = refusalOf(ticket, caller, at);
  if (why !== null || ticket === undefined || caller.principal === null) {
    const refused = why ?? "link-unknown";
    await ledger.refuse({ ...refusedLink(refused, ticket), by: byCaller(caller) });
    throw linkError(refused);
  }
  const recipient = caller.principal;
  const left = new AbortController();
  const leave = () => left.abort();
  response.once("close", leave);
  const reader = { person: recipient.userId, gone: left.signal };
  const copyOf = () => renderCopy(readings, ticket, { recipient, at }, reader);
  const body = await turns.take(reader, copyOf).finally(() => response.off("close", leave));
  const outcome = await ledger.transaction(byCaller(caller), (tx) => useLink(services, em, tx, ticket));
  if (typeof outcome === "string") throw linkError(outcome);
  if (!outcome.allow) throw rightError(outcome);
  const { title, version, format } = ticket;
  const bytes = body.reduce((sum, { length }) => sum + length, 0);
  return { body, headers: attachmentHeaders(fileName(title, version, format), format, bytes) };
}

/** Uses a link up and decides for the last time. Whatever comes of it is on the record with it. */
async function useLink(
  services: DocumentsServices,
  em: EntityManager,
  tx: RecordedTx,
  ticket: Ticket,
): Promise<Decision | LinkRefusal> {
  const { documentId, version, format } = ticket;
  const object = { kind: "DOCUMENT", id: documentId } as const;
  const outcome =
    (await useTicket(unitOfWork(em, tx), ticket)) ??
    (await decideUnderLock(services, tx, ticket)) ??
    "link-without-session";
  if (typeof outcome === "string") await tx.append(refusedLink(outcome, ticket));
  else if (outcome.allow)
    await tx.append({ action: "document.downloaded", object, detail: { format, version } });
  else {
    const reasons = outcome.reasons.map(({ id }) => id);
    await tx.append({ action: "document.download-refused", object, detail: { format, reasons } });
  }
  return outcome;
}

/** Permission changes take the same lock: none commits between this decision and the commit it is made for. */
async function decideUnderLock(
  { decisions }: DocumentsServices,
  tx: Tx,
  { sessionId, documentId }: Ticket,
): Promise<Decision | null> {
  await holdPermissions(tx);
  const principal: Caller["principal"] = await principalOfSession(tx, sessionId);
  return principal && decisions.decide(principal, "download", documentId, tx);
}

function refusedLink(reason: LinkRefusal, ticket: Ticket | undefined) {
  const detail: AuditEvents["download.refused"] = { reason, issuedTo: ticket?.userId ?? null };
  const object = ticket === undefined ? null : ({ kind: "DOCUMENT", id: ticket.documentId } as const);
  return { action: "download.refused", object, detail } as const;
}

async function databaseTime(sql: Sql): Promise<Date> {
  const [row] = await sql.query<{ now: Date }>("select clock_timestamp() as now");
  if (!row) throw new Error("the database did not tell the time");
  return row.now;
}

function linkError(reason: LinkRefusal): AppError {
  if (reason === "link-without-session" || reason === "link-of-other-session")
    return new AppError(
      "FORBIDDEN",
      "This link works only in the session that asked for it: send its cookie or its token, or ask for the download again.",
    );
  return new AppError(
    "NOT_FOUND",
    "This link was used, has expired, or never was; ask for the download again.",
  );
}

function rightError({ visible, reasons }: Decision): AppError {
  if (!visible) return linkError("link-unknown");
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
