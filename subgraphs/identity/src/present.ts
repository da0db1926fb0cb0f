import type { Principal } from "@onrecord/policy/principal";
import type { Department } from "./entities/department.js";
import type { User } from "./entities/user.js";
import type { DepartmentType } from "./types/department-type.js";
import type { PrincipalType } from "./types/principal-type.js";
import type { UserType } from "./types/user-type.js";

/** What is told to nobody but those who manage accounts. */
const untold = { active: null, expiresAt: null, createdAt: null, revision: null };

/**
 * A user as `viewer` may see them; `manages`: they manage accounts. A guest learns who wrote what, and nothing of how the firm is
 * organised.
 */
export function presentUser(user: User, viewer: Principal, manages: boolean): UserType {
  const { id, name, kind } = user;
  if (viewer.userKind === "GUEST" && viewer.userId !== id)
    return { id, name, kind, email: null, title: null, departmentId: null, ...untold };
  const { active, createdAt, revision } = user;
  const expiresAt = user.expiresAt ?? null;
  return {
    id,
    name,
    kind,
    email: user.email,
    title: user.title ?? null,
    departmentId: user.department?.id ?? null,
    ...(manages ? { active, expiresAt, createdAt, revision } : untold),
  };
}

/** A department as everybody sees it who may know of it. */
export function presentDepartment({ id, name, closedAt, parent }: Department): DepartmentType {
  return { id, name, closedAt: closedAt ?? null, parentId: parent?.id ?? null };
}

/** A principal to themselves. */
export function presentPrincipal(principal: Principal): PrincipalType {
  const { sessionId, roles, expiresAt } = principal;
  return { sessionId, roles, expiresAt, principal };
}
