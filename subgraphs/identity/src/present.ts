import type { Principal } from "@onrecord/policy/principal";
import type { User } from "./entities/user.js";
import type { PrincipalType } from "./types/principal-type.js";
import type { UserType } from "./types/user-type.js";

/** A user as `viewer` may see them. A guest learns who wrote what, and nothing of how the firm is organised. */
export function presentUser(user: User, viewer: Principal): UserType {
  const { id, name, kind } = user;
  if (viewer.userKind === "GUEST" && viewer.userId !== id)
    return { id, name, kind, email: null, title: null, departmentId: null };
  return {
    id,
    name,
    kind,
    email: user.email,
    title: user.title ?? null,
    departmentId: user.department?.id ?? null,
  };
}

/** A principal to themselves. */
export function presentPrincipal(principal: Principal): PrincipalType {
  const { sessionId, roles, expiresAt } = principal;
  return { sessionId, roles, expiresAt, principal };
}
export function presentDepartment(d: any): any {
  return d;
}
