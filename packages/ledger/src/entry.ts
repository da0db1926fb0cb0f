import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import { shownDetail } from "./detail.js";

export type Outcome = "ALLOWED" | "DENIED" | "FAILED";
export type ActorKind = "USER" | "ANONYMOUS" | "SYSTEM";

/** An entry of the record as it stands in `audit.entry`. Times are ISO 8601 in UTC to the millisecond; hashes are hex. */
export interface Entry {
  readonly id: string;
  readonly at: string;
  readonly action: string;
  readonly actorKind: ActorKind;
  readonly actorId: string | null;
  readonly sessionId: string | null;
  readonly requestId: string;
  readonly objectKind: string | null;
  readonly objectId: string | null;
  readonly outcome: Outcome;
  /** SHA-256 commitment to where the request came from (see `origin.ts`), hex. */
  readonly originCommitment: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

/**
 * The leaf of an entry: RFC 8785 canonical JSON, UTF-8. Every byte that a proof speaks of is here, and nothing that a person
 * could ask to be erased: those enter as the commitment. The form is versioned; a later form gets another `v`, never another meaning.
 */
export function canonicalEntry(entry: Entry): string {
  try {
    return canonicalOf(entry);
  } catch {
    // A number that is too large for a number has no canonical form. No event has one: it enters as it is shown.
    return canonicalOf({ ...entry, detail: shownDetail(entry.detail) });
  }
}

function canonicalOf(entry: Entry): string {
  const text = canonicalize({
    v: 1,
    id: entry.id,
    at: entry.at,
    action: entry.action,
    actor: { kind: entry.actorKind, id: entry.actorId },
    session: entry.sessionId,
    request: entry.requestId,
    object: entry.objectKind === null ? null : { kind: entry.objectKind, id: entry.objectId },
    outcome: entry.outcome,
    origin: entry.originCommitment,
    detail: entry.detail,
  });
  if (text === undefined) throw new TypeError("an entry has no canonical form");
  return text;
}

/** RFC 6962 leaf hash of an entry: SHA-256(0x00 ‖ leaf), hex. */
export function leafHash(entry: Entry): string {
  return createHash("sha256")
    .update(Buffer.from([0]))
    .update(canonicalEntry(entry))
    .digest("hex");
}
