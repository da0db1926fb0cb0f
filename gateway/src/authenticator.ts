import type { IncomingMessage } from "node:http";
import { AppError } from "@onrecord/core/errors";
import type { RequestInfo } from "@onrecord/http/http-server";
import type { AuditEvents } from "@onrecord/ledger/events/catalogue";
import type { Ledger } from "@onrecord/ledger/ledger";
import type { Arrivals } from "@onrecord/policy/arrivals";
import { isUse } from "@onrecord/policy/attendance";
import { type Credential, findCredential, isCrossSite, originFacts } from "@onrecord/policy/credentials";
import { mismatch, mismatchError, namedSessions } from "@onrecord/policy/named-session";
import { byCaller, type Caller } from "@onrecord/policy/principal";
import type { SessionUse } from "@onrecord/policy/session-use";

/** Turns requests into callers. Nobody proven is a caller too: they may sign in. */
export class Authenticator {
  constructor(
    private readonly arrivals: Arrivals,
    private readonly ledger: Ledger,
    private readonly use: SessionUse,
  ) {}

  /**
   * The caller of an HTTP request, when it is its turn. RATE_LIMITED where too many wait; UNAUTHENTICATED for a token that is forged or has ended, and for a page of another session;
   * FORBIDDEN for another site's use of the cookie.
   */
  async ofRequest(request: IncomingMessage, info: RequestInfo): Promise<Caller> {
    const named = namedSessions(request, info.url.searchParams);
    const caller = await this.ofCredential(request, info, findCredential(request), named);
    if (caller.principal && isUse(request)) this.use.note(caller.principal.sessionId);
    return caller;
  }

  /** The same for a credential and a session's name that came in another way (`connection_init`). */
  async ofCredential(
    request: IncomingMessage,
    info: RequestInfo,
    credential: Credential | undefined,
    named: readonly string[],
  ): Promise<Caller> {
    const caller = await this.#prove(request, info, credential);
    const why = mismatch(named, caller.principal);
    if (why === null) return caller;
    if (why === "other-session") await this.#record(caller, why);
    else if (!credential) await this.#record(caller, "missing");
    throw mismatchError(why);
  }

  /** Refuses what another site's page made a browser send. Nobody is proven by it: whoever's browser it is did not ask. */
  async refuseCrossSite(
    request: IncomingMessage,
    { id, visitor }: RequestInfo,
    door: "/graphql" | "/auth",
    sentence: string,
  ): Promise<AppError> {
    const by = { principal: null, requestId: id, from: originFacts(request, visitor) };
    await this.#record(by, "cross-site", door);
    return new AppError("FORBIDDEN", sentence);
  }

  /** Refuses a socket that brings no credential, or a dead one: whoever opens it must have signed in. */
  async refuseStranger(caller: Caller, credential: Credential | undefined): Promise<AppError> {
    // A dead one has been recorded when it was looked at.
    if (!credential) await this.#record(caller, "missing", "/graphql");
    return new AppError("UNAUTHENTICATED", "Sign in first.");
  }

  /** Puts on the record what was, or may have been, a sign-in and was refused unread. Whom it claimed is not known, and nobody is proven by it. */
  async recordOversized({ requestId, from }: Caller): Promise<void> {
    await this.#record({ principal: null, requestId, from }, "too-large");
  }

  async #prove(
    request: IncomingMessage,
    info: RequestInfo,
    credential: Credential | undefined,
  ): Promise<Caller> {
    const from = originFacts(request, info.visitor);
    const anonymous: Caller = { principal: null, requestId: info.id, from };
    const refuse = async (error: unknown) => {
      if (error instanceof AppError && error.code === "RATE_LIMITED")
        await this.#record(anonymous, "too-many");
      throw error;
    };
    if (!credential) {
      await this.arrivals.enter(anonymous.from.ip).catch(refuse);
      return anonymous;
    }
    if (credential.carrier === "cookie" && isForgeable(request, info)) {
      const sentence = "Requests with a session cookie must come from this site.";
      throw await this.refuseCrossSite(request, info, "/graphql", sentence);
    }
    const principal = await this.arrivals.prove(anonymous.from.ip, credential.token).catch(refuse);
    if (principal) return { ...anonymous, principal };
    await this.#record(anonymous, "token");
    // A browser keeps the cookie of an ended session: it must still be able to sign in again.
    if (credential.carrier === "cookie") return anonymous;
    throw new AppError("UNAUTHENTICATED", "This session token is not valid, or its session has ended.");
  }

  async #record(
    caller: Caller,
    reason: AuditEvents["session.refused"]["reason"],
    door?: "/graphql" | "/auth",
  ): Promise<void> {
    await this.ledger.refuse({
      action: "session.refused",
      by: byCaller(caller),
      object: null,
      detail: { reason, ...(door === undefined ? {} : { door }) },
    });
  }
}

/** What a form may send without the browser asking the server first. */
const formTypes = /^(text\/plain|application\/x-www-form-urlencoded|multipart\/form-data)\b/i;

/** What a browser says of a page that is not ours; one of a neighbouring host is not either. */
const elsewhere: ReadonlySet<string> = new Set(["cross-site", "same-site"]);

/**
 * Whether another site's page could have made this request with the visitor's cookie: it says so by its origin, or it is a
 * POST such as a form can send (JSON from elsewhere is stopped by the preflight, which we do not answer).
 */
function isForgeable(request: IncomingMessage, { visitor }: RequestInfo): boolean {
  if (isCrossSite(request, visitor) || elsewhere.has(String(request.headers["sec-fetch-site"]))) return true;
  if (request.method !== "POST") return false;
  const type = request.headers["content-type"];
  return type === undefined || formTypes.test(type);
}
