/** What is told of the record itself. */
export interface AuditLogEvents {
  "audit.queried": { filter: Record<string, string | string[]>; returned: number };
  "alert.queried": { filter: Record<string, string[]>; returned: number };
  "alert.followed": { filter: Record<string, string[]> };
}
