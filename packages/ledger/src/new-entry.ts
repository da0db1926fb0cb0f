import type { ActorKind } from "./entry.js";
import type { AuditAction, AuditEvents, ObjectKind } from "./events/catalogue.js";
import type { ProvenanceFacts } from "./provenance.js";

/** On whose account something happens: who, in which session and request, and from where. */
export interface By {
  readonly actorKind: ActorKind;
  readonly actorId: string | null;
  readonly sessionId: string | null;
  readonly requestId: string;
  readonly from: ProvenanceFacts | null;
}

/** Something to put on the record. */
export interface NewEntry<A extends AuditAction = AuditAction> {
  readonly action: A;
  readonly by: By;
  readonly object: { readonly kind: ObjectKind; readonly id: string | null } | null;
  readonly detail: AuditEvents[A];
}
