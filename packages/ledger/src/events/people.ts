/** What is told of people, departments and roles, and of those who manage them. */
export interface PeopleEvents {
  /** By the setup token of the log, which nobody but an operator sees, or by the command. */
  "administrator.created": { via: "setup" | "command" };
  /** A token was made that makes the first administrator, and shown in a node's log. */
  "setup.opened": { hours: number };
  "setup.refused": { reason: "token" | "closed" | "too-many"; count?: number };
  "user.created": { departmentId: string | null; expiresAt: string | null };
  /** `fields`: what is another one now. Department and end are told where they are among them. */
  "user.updated": {
    fields: readonly UserField[];
    departmentId?: string | null;
    expiresAt?: string | null;
  };
  /** The sessions that were ended with it have an entry each. */
  "user.suspended": { reason: "LEFT" | "ABSENT" | "SECURITY" | "OTHER"; endedSessions: number };
  "user.reinstated": Record<string, never>;
  "role.given": { roleId: string };
  "role.taken": { roleId: string };
  "role.created": Record<string, never>;
  "role.renamed": Record<string, never>;
  "role.closed": Record<string, never>;
  "department.created": { parentId: string | null };
  "department.renamed": Record<string, never>;
  "department.closed": Record<string, never>;
  /** It can be used for so many hours, and no longer than the account. `first`: the account had no password yet. */
  "password.link-made": { linkId: string; hours: number; first: boolean };
  /** By whoever held the link; nobody was proven. The sessions that were ended with it have an entry each. */
  "password.set": { endedSessions: number };
  "password.link-refused": {
    reason: "unknown" | "used" | "revoked" | "expired" | "inactive" | "too-many";
    count?: number;
  };
}

/** What an account can be changed in. */
export type UserField = "email" | "name" | "title" | "department" | "expiresAt";
