import { AppError } from "@onrecord/core/errors";
import { isId, newId } from "@onrecord/core/ids";
import { checkName } from "@onrecord/core/names";
import type { Plan } from "@onrecord/policy/change-rights";
import { FIRM_ID } from "@onrecord/policy/levels";
import type { Sql } from "@onrecord/postgres/database";
import type { IdentityContext } from "../context.js";
import { requireDepartment } from "../person.js";
import type { DepartmentType } from "../types/department-type.js";
import type { CreateDepartmentInput, RenameDepartmentInput } from "../types/people-inputs.js";
import { type Administering, administer } from "./administer.js";

/** Opens a department, by a name that no other has beside it. */
export function createDepartment(
  context: IdentityContext,
  { name: given, parentId = null }: CreateDepartmentInput,
): Promise<DepartmentType> {
  const id = newId();
  return administer(context, { kind: "FIRM", id: FIRM_ID }, async (administering) => {
    const name = checkName(given, "The name");
    await requireDepartment(administering.tx, parentId);
    await requireFreeName(administering.tx, name, parentId, null);
    return writing(administering, { id, name, parentId, closedAt: null }, async () => {
      const object = { kind: "DEPARTMENT", id } as const;
      await administering.tx.append({ action: "department.created", object, detail: { parentId } });
      return "department.created";
    });
  });
}

/** Gives a department another name. */
export function renameDepartment(
  context: IdentityContext,
  { departmentId: id, name: given }: RenameDepartmentInput,
): Promise<DepartmentType> {
  return administer(context, { kind: "DEPARTMENT", id }, async (administering) => {
    const name = checkName(given, "The name");
    const department = await readOpen(administering, id);
    if (department.name === name) return { result: department };
    await requireFreeName(administering.tx, name, department.parentId, id);
    return writing(administering, { ...department, name }, async () => {
      await administering.tx.append({
        action: "department.renamed",
        object: { kind: "DEPARTMENT", id },
        detail: {},
      });
      return "department.renamed";
    });
  });
}

/** Closes a department in which nobody is any more, and no other. */
export function closeDepartment(context: IdentityContext, id: string): Promise<DepartmentType> {
  return administer(context, { kind: "DEPARTMENT", id }, async (administering) => {
    const { tx, found } = administering;
    const department = found(await readDepartment(tx, id));
    if (department.closedAt !== null) return { result: department };
    const [inside] = await tx.query<{ people: number; below: number }>(
      `select (select count(*) from identity.user where department_id = $1) as people,
         (select count(*) from identity.department where parent_id = $1 and closed_at is null) as below`,
      [id],
    );
    if (inside!.people > 0)
      throw new AppError("CONFLICT", `${inside!.people} people are in this department; move them first.`);
    if (inside!.below > 0)
      throw new AppError("CONFLICT", `${inside!.below} departments are below this one; close them first.`);
    return writing(administering, department, async () => {
      await tx.append({ action: "department.closed", object: { kind: "DEPARTMENT", id }, detail: {} });
      return "department.closed";
    });
  });
}

/** The plan of writing a department, after its entry. */
function writing(
  { tx, principal, found }: Administering,
  { id, name, parentId }: DepartmentType,
  append: () => Promise<string>,
): Plan<DepartmentType> {
  return {
    touches: {},
    write: async () => {
      const action = await append();
      await tx.query("select identity.write_department($1, $2, $3, $4, $5)", [
        principal.sessionId,
        action,
        id,
        name,
        parentId,
      ]);
      return found(await readDepartment(tx, id));
    },
  };
}

async function readOpen({ tx, found }: Administering, id: string): Promise<DepartmentType> {
  const department = found(await readDepartment(tx, id));
  if (department.closedAt !== null) throw new AppError("CONFLICT", "This department is closed.");
  return department;
}

async function readDepartment(sql: Sql, id: string): Promise<DepartmentType | undefined> {
  if (!isId(id)) return undefined;
  const [row] = await sql.query<DepartmentType>(
    `select id, name, parent_id as "parentId", closed_at as "closedAt" from identity.department where id = $1`,
    [id],
  );
  return row;
}

/** CONFLICT where another open department beside it has the name: people choose by it. */
async function requireFreeName(
  tx: Sql,
  name: string,
  parentId: string | null,
  except: string | null,
): Promise<void> {
  const taken = await tx.query(
    `select from identity.department
     where lower(name) = lower($1) and parent_id is not distinct from $2::uuid and closed_at is null and id is distinct from $3::uuid`,
    [name, parentId, except],
  );
  if (taken.length > 0) throw new AppError("CONFLICT", "There is a department of this name already.");
}
