import { registerEnumType } from "type-graphql";

/** How what was asked for ended. */
export const Outcome = { ALLOWED: "ALLOWED", DENIED: "DENIED", FAILED: "FAILED" } as const;
export type Outcome = keyof typeof Outcome;

/** How much an alert matters. */
export const Severity = { LOW: "LOW", MEDIUM: "MEDIUM", HIGH: "HIGH", CRITICAL: "CRITICAL" } as const;
export type Severity = keyof typeof Severity;

/** Where an alert stands in its life. */
export const AlertStatus = { OPEN: "OPEN", ACKNOWLEDGED: "ACKNOWLEDGED", RESOLVED: "RESOLVED" } as const;
export type AlertStatus = keyof typeof AlertStatus;

registerEnumType(Outcome, { name: "Outcome", description: "How what was asked for ended." });
registerEnumType(Severity, { name: "Severity", description: "How much an alert matters." });
registerEnumType(AlertStatus, { name: "AlertStatus", description: "Where an alert stands in its life." });
