import { AppError } from "@onrecord/core/errors";
import { checkName } from "@onrecord/core/names";
import type { UserField } from "@onrecord/ledger/events/people";
import type { IdentityContext } from "../context.js";
import {
  type Person,
  readPerson,
  refuseGiving,
  refuseLonger,
  requireDepartment,
  requireRoles,
} from "../person.js";
import { checkEmail, checkEnd, checkTitle, distinct } from "../person-input.js";
import type { UpdateUserInput } from "../types/people-inputs.js";
import type { UserType } from "../types/user-type.js";
import { type Administering, administer } from "./administer.js";
import { requireFreeEmail } from "./create-user.js";

/** An account as it is to be. */
type Wanted = Pick<Person, "email" | "name" | "title" | "departmentId" | "expiresAt">;

/** What is to be done to an account. */
interface Change {
  readonly wanted: Wanted;
  readonly fields: readonly UserField[];
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** Changes an account; what is not given stays, and what is already so is no change. */
export function updateUser(context: IdentityContext, input: UpdateUserInput): Promise<UserType> {
  return administer(context, { kind: "USER", id: input.userId }, async (administering) => {
    const { tx, own, refuse, found } = administering;
    const person = found(await readPerson(tx, input.userId));
    if (typeof input.revision === "number" && input.revision !== person.revision)
      throw new AppError("CONFLICT", "Somebody else changed this account meanwhile; look at it again.");
    await requireRoles(tx, distinct([...(input.addRoleIds ?? []), ...(input.removeRoleIds ?? [])]), true);
    const change = changeOf(person, input);
    const { wanted, fields, add, remove } = change;
    if (fields.length + add.length + remove.length === 0) return { result: person };
    refuse(refuseLonger(own, person));
    checkKind(person, change);
    const joins = fields.includes("department") && wanted.departmentId !== null;
    if (fields.includes("expiresAt")) checkEnd(wanted.expiresAt);
    if (fields.includes("expiresAt") || joins || add.length > 0) refuse(refuseGiving(own, wanted.expiresAt));
    if (joins) await requireDepartment(tx, wanted.departmentId);
    await requireRoles(tx, add);
    if (fields.includes("email")) await requireFreeEmail(tx, wanted.email);
    const decides = fields.includes("department") || fields.includes("expiresAt");
    const touches = decides || add.length + remove.length > 0 ? { people: [person.id] } : {};
    return { touches, write: () => write(administering, person, change) };
  });
}

function changeOf(person: Person, input: UpdateUserInput): Change {
  const wanted: Wanted = {
    email: input.email ? checkEmail(input.email) : person.email,
    name: typeof input.name === "string" ? checkName(input.name, "The name") : person.name,
    title: input.title === undefined ? person.title : checkTitle(input.title),
    departmentId: input.departmentId === undefined ? person.departmentId : input.departmentId,
    expiresAt: input.expiresAt === undefined ? person.expiresAt : input.expiresAt,
  };
  const fields: UserField[] = [];
  if (wanted.email !== person.email) fields.push("email");
  if (wanted.name !== person.name) fields.push("name");
  if (wanted.title !== person.title) fields.push("title");
  if (wanted.departmentId !== person.departmentId) fields.push("department");
  if (wanted.expiresAt?.getTime() !== person.expiresAt?.getTime()) fields.push("expiresAt");
  const removed = distinct(input.removeRoleIds);
  const added = distinct(input.addRoleIds);
  if (added.some((id) => removed.includes(id)))
    throw new AppError("BAD_USER_INPUT", "The same role cannot be given and taken at once.");
  return {
    wanted,
    fields,
    add: added.filter((id) => !person.roleIds.includes(id)),
    remove: removed.filter((id) => person.roleIds.includes(id)),
  };
}

/** Throws BAD_USER_INPUT for what a guest cannot be. */
function checkKind({ kind }: Person, { wanted, add }: Change): void {
  if (kind !== "GUEST") return;
  if (wanted.departmentId !== null || add.length > 0)
    throw new AppError("BAD_USER_INPUT", "A guest has no department and no roles.");
  if (wanted.expiresAt === null)
    throw new AppError("BAD_USER_INPUT", "A guest's account always ends: give `expiresAt`.");
}

async function write(
  { tx, principal, found }: Administering,
  { id }: Person,
  { wanted, fields, add, remove }: Change,
): Promise<UserType> {
  const object = { kind: "USER", id } as const;
  if (fields.length > 0)
    await tx.append({
      action: "user.updated",
      object,
      detail: {
        fields,
        ...(fields.includes("department") ? { departmentId: wanted.departmentId } : {}),
        ...(fields.includes("expiresAt") ? { expiresAt: wanted.expiresAt?.toISOString() ?? null } : {}),
      },
    });
  for (const roleId of remove) await tx.append({ action: "role.taken", object, detail: { roleId } });
  for (const roleId of add) await tx.append({ action: "role.given", object, detail: { roleId } });
  await tx.query("select identity.change_person($1, $2, $3, $4, $5, $6, $7, $8, $9)", [
    principal.sessionId,
    id,
    wanted.email,
    wanted.name,
    wanted.title,
    wanted.departmentId,
    wanted.expiresAt,
    add,
    remove,
  ]);
  return found(await readPerson(tx, id));
}
