import { AppError } from "@onrecord/core/errors";
import { isId, newId } from "@onrecord/core/ids";
import { checkName } from "@onrecord/core/names";
import { FIRM_ID } from "@onrecord/policy/levels";
import type { Sql } from "@onrecord/postgres/database";
import type { IdentityContext } from "../context.js";
import { readRole } from "../queries/list-roles.js";
import type { RenameRoleInput } from "../types/people-inputs.js";
import type { RoleType } from "../types/role-type.js";
import { type Administering, administer } from "./administer.js";

type RoleAction = "role.created" | "role.renamed" | "role.closed";

/** Makes a role. Policies do not speak of it; grants may name it. */
export function createRole(context: IdentityContext, given: string): Promise<RoleType> {
  const id = newId();
  return administer(context, { kind: "FIRM", id: FIRM_ID }, async (administering) => {
    const name = checkName(given, "The name");
    await requireFreeName(administering.tx, name, null);
    return { touches: {}, write: () => write(administering, "role.created", id, name) };
  });
}

/** Gives a role another name, unless policies speak of it. */
export function renameRole(
  context: IdentityContext,
  { roleId: id, name: given }: RenameRoleInput,
): Promise<RoleType> {
  return administer(context, { kind: "ROLE", id }, async (administering) => {
    const name = checkName(given, "The name");
    const role = administering.found(await readRole(administering.tx, id));
    if (role.name === name) return { result: role };
    if (role.closedAt !== null) throw new AppError("CONFLICT", "This role is closed.");
    refuseBuiltIn(role);
    await requireFreeName(administering.tx, name, id);
    return { touches: {}, write: () => write(administering, "role.renamed", id, name) };
  });
}

/** Closes a role that nobody has any more, unless policies speak of it. */
export function closeRole(context: IdentityContext, id: string): Promise<RoleType> {
  return administer(context, { kind: "ROLE", id }, async (administering) => {
    const { tx, found } = administering;
    const role = found(await readRole(tx, id));
    if (role.closedAt !== null) return { result: role };
    refuseBuiltIn(role);
    const [held] = await tx.query<{ count: number }>(
      "select count(*) as count from identity.user_role where role_id = $1",
      [id],
    );
    if (held!.count > 0)
      throw new AppError("CONFLICT", `${held!.count} people have this role; take it from them first.`);
    return { touches: {}, write: () => write(administering, "role.closed", id, role.name) };
  });
}

async function write(
  { tx, principal, found }: Administering,
  action: RoleAction,
  id: string,
  name: string,
): Promise<RoleType> {
  await tx.append({ action, object: { kind: "ROLE", id }, detail: {} });
  await tx.query("select identity.write_role($1, $2, $3, $4)", [principal.sessionId, action, id, name]);
  return found(isId(id) ? await readRole(tx, id) : null);
}

function refuseBuiltIn({ builtIn }: RoleType): void {
  if (builtIn)
    throw new AppError(
      "CONFLICT",
      "Policies speak of this role by its name: it is neither renamed nor closed.",
    );
}

/** CONFLICT where another role has the name, open or closed: the record and past policies speak of it. */
async function requireFreeName(tx: Sql, name: string, except: string | null): Promise<void> {
  const taken = await tx.query(
    "select from identity.role where lower(name) = lower($1) and id is distinct from $2::uuid",
    [name, except],
  );
  if (taken.length > 0) throw new AppError("CONFLICT", "There is, or was, a role of this name already.");
}
