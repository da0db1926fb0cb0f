import type { IdentityContext } from "../context.js";
import { departmentById } from "../loaders/department-by-id.js";
import { presentDepartment } from "../present.js";
import type { DepartmentType } from "../types/department-type.js";

/** The departments that other subgraphs refer to; a guest may not know of any. */
export async function departmentsByReference(
  refs: readonly { id: string }[],
  context: IdentityContext,
): Promise<readonly (DepartmentType | null | Error)[]> {
  const viewer = context.guard.requirePrincipal(context.caller);
  if (viewer.userKind === "GUEST") return refs.map(() => null);
  const departments = await departmentById(context).loadMany(refs.map(({ id }) => id));
  return departments.map((one) => (one === null || one instanceof Error ? one : presentDepartment(one)));
}
