import type { AuditAction } from "@onrecord/ledger/events/catalogue";
import type { PlacedEntry } from "@onrecord/ledger/read";

/** How much an alert matters. */
export type Severity = "LOW" | "MEDIUM" | "HIGH" | "CRITICAL";

/** How often something happened shortly before, as far as it matters, and whether the same rule has spoken of it already. */
export interface Burst {
  readonly count: number;
  readonly alerted: boolean;
}

/** What a rule may ask of the record beside the entry itself. */
export interface Recent {
  /**
   * Refused sign-ins in the minutes up to this one from the same address, or under the same name, whichever are more. An entry that stands
   * for several counts as so many.
   */
  refusedSignIns(entry: PlacedEntry, rule: string, minutes: number): Promise<Burst>;
  /** Denials of the same actor in the minutes up to this entry, with it. */
  denials(entry: PlacedEntry, rule: string, minutes: number): Promise<Burst>;
  /** Whether the rule has spoken so often, in the minutes up to this entry, of the same person and document, and nobody has dealt with that yet. */
  isOpen(entry: PlacedEntry, rule: string, minutes: number, times: number): Promise<boolean>;
  /** What a grant names; null when there is no such principal. */
  kindOf(principalId: string): Promise<"EMPLOYEE" | "GUEST" | "SERVICE" | "DEPARTMENT" | "ROLE" | null>;
}

/** What to look for in the record. It sees every entry with one of its actions, once, in the order of the record. */
export interface Rule {
  readonly id: string;
  readonly severity: Severity;
  readonly actions: readonly AuditAction[];
  matches(entry: PlacedEntry, recent: Recent): boolean | Promise<boolean>;
}
