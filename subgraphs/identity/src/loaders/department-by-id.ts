import { isId } from "@onrecord/core/ids";
import { inOrder, perRequest } from "@onrecord/subgraph/loader";
import type { IdentityContext } from "../context.js";
import { type Department, DepartmentEntity } from "../entities/department.js";

/** Departments by their ids, in one statement per execution step. */
export const departmentById = perRequest<string, Department | null, IdentityContext>(async (ids, { em }) => {
  const departments = await em.find(DepartmentEntity, { id: { $in: ids.filter(isId) } });
  return inOrder<string, Department>(ids, departments, ({ id }) => id);
});
