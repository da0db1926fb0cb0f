import type { IncomingMessage } from "node:http";
import type { Ledger } from "@onrecord/ledger/ledger";
import type { Sql } from "@onrecord/platform/database";
import { AppError } from "@onrecord/platform/errors";
import { type Credential, findCredential, isCrossSite, originFacts } from "@onrecord/policy/credentials";
import { authenticate, byCaller, type Caller } from "@onrecord/policy/principal";

/** Turns requests into callers. Nobody proven is a caller too: they may sign in. */
export class Authenticator {
  constructor(
    private readonly sql: Sql,
    private readonly ledger: Ledger,
  ) {}

  /** The caller of an HTTP request. UNAUTHENTICATED for a token that is forged or has ended, FORBIDDEN for another site's use of the cookie. */
  ofRequest(request: IncomingMessage, requestId: string): Promise<Caller> {
    return this.ofCredential(request, requestId, findCredential(request));
  }

  /** The same for a credential that came in another way (`connection_init`). */
  async ofCredential(
    request: IncomingMessage,
    requestId: string,
    credential: Credential | undefined,
  ): Promise<Caller> {
    const anonymous: Caller = { principal: null, requestId, from: originFacts(request) };
    if (!credential) return anonymous;
    // A browser sends the cookie along with whatever page asks; another site's page must not act with it.
    if (credential.carrier === "cookie" && isCrossSite(request)) {
      throw new AppError("FORBIDDEN", "Requests with a session cookie must come from this site.");
    }
    const principal = await authenticate(this.sql, credential.token);
    if (principal) return { ...anonymous, principal };
    // A browser keeps the cookie of an ended session: it must still be able to sign in again.
    if (credential.carrier === "cookie") return anonymous;
    await this.ledger.record({
      action: "session.refused",
      by: byCaller(anonymous),
      object: null,
      detail: { reason: "token" },
    });
    throw new AppError("UNAUTHENTICATED", "This session token is not valid, or its session has ended.");
  }
}
