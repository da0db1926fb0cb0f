import { AppError } from "@onrecord/core/errors";
import type { Decision } from "@onrecord/policy/decision";
import type { DocumentsServices } from "../context.js";
import { principalOfSession } from "../queries/session-principal.js";

/** A caller's right to view a document for as long as a subscription lives: decided anew whenever what it rests on has moved. */
export class RightToView {
  #revision: number;
  #endsAt: number;

  constructor(
    private readonly services: Pick<DocumentsServices, "db" | "guard">,
    private readonly sessionId: string,
    private readonly documentId: string,
    granted: Decision,
    sessionEnds: string,
  ) {
    this.#revision = granted.revision;
    this.#endsAt = earlier(granted.expiresAt, sessionEnds);
  }

  /** Milliseconds until the session or the grant ends by itself. */
  get remaining(): number {
    return this.#endsAt - Date.now();
  }

  /** Throws when the right is gone at this permission revision: FORBIDDEN, or UNAUTHENTICATED with the session. */
  async check(revision: number): Promise<void> {
    if (revision === this.#revision && this.remaining > 0) return;
    const principal = await principalOfSession(this.services.db, this.sessionId);
    if (principal === null) throw new AppError("UNAUTHENTICATED", "Your session has ended; sign in again.");
    const decision = await this.services.guard.decisions.decide(principal, "view", this.documentId);
    if (!decision.allow)
      throw new AppError("FORBIDDEN", "Your access to this document has ended.", {
        reasons: decision.reasons,
      });
    this.#revision = decision.revision;
    this.#endsAt = earlier(decision.expiresAt, principal.expiresAt);
  }
}

function earlier(grantEnds: string | null, sessionEnds: string): number {
  return Math.min(
    grantEnds === null ? Number.POSITIVE_INFINITY : Date.parse(grantEnds),
    Date.parse(sessionEnds),
  );
}
