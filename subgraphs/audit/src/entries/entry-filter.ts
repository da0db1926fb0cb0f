import { AppError } from "@onrecord/core/errors";
import { isId } from "@onrecord/core/ids";
import { checkText } from "@onrecord/core/text";
import type { ActorKind, Outcome } from "@onrecord/ledger/entry";
import type { AuditFilter } from "../types/filters.js";

/** A filter that was checked: what is undefined does not matter. */
export interface EntryFilter {
  readonly from?: Date;
  readonly to?: Date;
  readonly actions?: readonly string[];
  readonly actor?: { readonly kind: ActorKind; readonly id: string | null };
  readonly objectId?: string;
  readonly outcome?: Outcome;
  /** Lower case. */
  readonly text?: string;
}

const MAX_ACTIONS = 100;
const MAX_TEXT = 200;
const MAX_NAME = 100;

/** Checks a filter as it was asked. Throws BAD_USER_INPUT with a sentence. */
export function readFilter(asked: AuditFilter | null | undefined): EntryFilter {
  const { from, to, actions, actorId, objectId, outcome, text } = asked ?? {};
  if (actions && actions.length > MAX_ACTIONS)
    throw new AppError("BAD_USER_INPUT", `\`actions\` may name ${MAX_ACTIONS} at most.`);
  if (text && text.length > MAX_TEXT)
    throw new AppError("BAD_USER_INPUT", `\`text\` may have ${MAX_TEXT} characters at most.`);
  for (const action of actions ?? []) checkName(action, "`actions`");
  if (text) checkText(text, "`text`");
  if (objectId && !isId(objectId)) throw new AppError("BAD_USER_INPUT", "`objectId` is not an id.");
  const words = text?.trim().toLowerCase();
  return {
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
    ...(actions ? { actions } : {}),
    ...(actorId ? { actor: readActor(actorId) } : {}),
    ...(objectId ? { objectId } : {}),
    ...(outcome ? { outcome } : {}),
    ...(words ? { text: words } : {}),
  };
}

/** Checks the name of something of ours; what is longer than any is bad input, and not to be put on the record. */
export function checkName(name: string, what: string): void {
  if (name.length > MAX_NAME)
    throw new AppError("BAD_USER_INPUT", `${what} has a name of more than ${MAX_NAME} characters.`);
  checkText(name, what);
}

function readActor(id: string): { kind: ActorKind; id: string | null } {
  if (id === "anonymous") return { kind: "ANONYMOUS", id: null };
  if (id === "system") return { kind: "SYSTEM", id: null };
  const userId = id.startsWith("user:") ? id.slice("user:".length) : id;
  if (!isId(userId))
    throw new AppError("BAD_USER_INPUT", '`actorId` must be an id, "anonymous" or "system".');
  return { kind: "USER", id: userId };
}

/** A filter as the record keeps it: reading the record is itself on the record. */
export function describeFilter(filter: EntryFilter): Record<string, string | string[]> {
  const { from, to, actions, actor, objectId, outcome, text } = filter;
  return {
    ...(from ? { from: from.toISOString() } : {}),
    ...(to ? { to: to.toISOString() } : {}),
    ...(actions ? { actions: [...actions] } : {}),
    ...(actor ? { actorId: actor.id ?? actor.kind.toLowerCase() } : {}),
    ...(objectId ? { objectId } : {}),
    ...(outcome ? { outcome } : {}),
    ...(text ? { text } : {}),
  };
}
