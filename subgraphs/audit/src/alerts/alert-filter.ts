import type { FilterQuery } from "@mikro-orm/postgresql";
import type { AlertRow } from "@onrecord/alerts/alert";
import { AppError } from "@onrecord/core/errors";
import type { AuditContext } from "../context.js";
import { checkName } from "../entries/entry-filter.js";
import { toldTo } from "../entries/told.js";
import type { AlertFilter } from "../types/filters.js";

const MAX_RULES = 100;

/** Checks a filter as it was asked. Throws BAD_USER_INPUT with a sentence. */
export function readAlertFilter(asked: AlertFilter | null | undefined): AlertFilter {
  if (asked?.rules && asked.rules.length > MAX_RULES)
    throw new AppError("BAD_USER_INPUT", `\`rules\` may name ${MAX_RULES} at most.`);
  for (const rule of asked?.rules ?? []) checkName(rule, "`rules`");
  return asked ?? {};
}

/** The filter for the database. */
export function alertsWhere({ rules, severities, statuses }: AlertFilter): FilterQuery<AlertRow> {
  return {
    ...(rules ? { rule: { $in: rules } } : {}),
    ...(severities ? { severity: { $in: severities } } : {}),
    ...(statuses ? { status: { $in: statuses } } : {}),
  };
}

/** A filter as the record keeps it: reading alerts is itself on the record. */
export function describeAlertFilter({ rules, severities, statuses }: AlertFilter): Record<string, string[]> {
  return {
    ...(rules ? { rules: [...rules] } : {}),
    ...(severities ? { severities: [...severities] } : {}),
    ...(statuses ? { statuses: [...statuses] } : {}),
  };
}

/** The alerts that the caller is told of: none that was raised by what they are not. */
export function alertsToldTo(context: AuditContext): FilterQuery<AlertRow> {
  return toldTo(context) === "audit.entry" ? {} : { discreet: false };
}

/** Whether an alert already read passes the filter: the same answer as `alertsWhere` gives in the database. */
export function matchesAlert({ rules, severities, statuses }: AlertFilter, alert: AlertRow): boolean {
  return (
    (rules?.includes(alert.rule) ?? true) &&
    (severities?.includes(alert.severity) ?? true) &&
    (statuses?.includes(alert.status) ?? true)
  );
}
