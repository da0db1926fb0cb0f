import type { AuditFilter, Outcome } from "@onrecord/schema/generated";

/** What the reader of the record is looking for; names are kept beside ids to be shown. */
export interface RecordFilter {
  readonly actions: readonly string[];
  readonly outcome: Outcome | null;
  readonly text: string;
  /** Local date and time without a zone, as a date input gives it. */
  readonly from: string | null;
  readonly to: string | null;
  readonly actor: Named | null;
  readonly object: Named | null;
}

/** Someone or something picked from an entry. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

/** Everything. */
export const noFilter: RecordFilter = {
  actions: [],
  outcome: null,
  text: "",
  from: null,
  to: null,
  actor: null,
  object: null,
};

/** Whether nothing is filtered out. */
export function isEmpty(filter: RecordFilter): boolean {
  return Object.keys(toAuditFilter(filter)).length === 0;
}

/** The same question in the API's words. */
export function toAuditFilter({
  actions,
  outcome,
  text,
  from,
  to,
  actor,
  object,
}: RecordFilter): AuditFilter {
  const begin = instant(from);
  const end = instant(to);
  return {
    ...(actions.length > 0 ? { actions: [...actions] } : {}),
    ...(outcome === null ? {} : { outcome }),
    ...(text.trim() === "" ? {} : { text: text.trim() }),
    ...(begin === null ? {} : { from: begin }),
    ...(end === null ? {} : { to: end }),
    ...(actor === null ? {} : { actorId: actor.id }),
    ...(object === null ? {} : { objectId: object.id }),
  };
}

function instant(local: string | null): string | null {
  if (local === null || local === "") return null;
  const time = new Date(local);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}
