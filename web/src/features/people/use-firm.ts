import {
  type DepartmentRowFragment,
  DepartmentsDocument,
  type RoleRowFragment,
  RolesDocument,
} from "@onrecord/schema/generated";
import { useCallback, useMemo } from "react";
import { type Problem, problemOf } from "../../api/problem.js";
import { useReading } from "../../api/use-reading.js";
import { type Placed, treeOf } from "./department-tree.js";

/** Departments and roles that are open, as far as they are there to choose from. */
export interface Firm {
  readonly state: "loading" | "ready" | Problem;
  /** As a tree laid out: each department before those below it. */
  readonly departments: readonly Placed<DepartmentRowFragment>[];
  /** There are more departments than one answer has. */
  readonly moreDepartments: boolean;
  readonly roles: readonly RoleRowFragment[];
  readonly reload: () => void;
}

/** The API gives no longer pages. */
export const LONGEST_PAGE = 500;

// What was empty when it was read names no type by which the cache would know that it changed.
const departmentsContext = { additionalTypenames: ["Department", "User"] };
const rolesContext = { additionalTypenames: ["Role"] };

/** Reads the departments and roles of the firm. */
export function useFirm(): Firm {
  const [departments, reloadDepartments] = useReading({
    query: DepartmentsDocument,
    variables: { closed: false, first: LONGEST_PAGE },
    context: departmentsContext,
  });
  const [roles, reloadRoles] = useReading({
    query: RolesDocument,
    variables: { closed: false },
    context: rolesContext,
  });
  const placed = useMemo(
    () => treeOf(departments.data?.departments.edges.map(({ node }) => node) ?? []),
    [departments.data],
  );
  const reload = useCallback(() => {
    reloadDepartments();
    reloadRoles();
  }, [reloadDepartments, reloadRoles]);
  const error = departments.data ? (roles.data ? undefined : roles.error) : departments.error;
  return {
    state: departments.data && roles.data ? "ready" : error ? problemOf(error) : "loading",
    departments: placed,
    moreDepartments: departments.data?.departments.pageInfo.hasNextPage ?? false,
    roles: roles.data?.roles ?? [],
    reload,
  };
}
