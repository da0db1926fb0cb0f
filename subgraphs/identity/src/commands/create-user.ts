import { AppError } from "@onrecord/core/errors";
import { newId } from "@onrecord/core/ids";
import { checkName } from "@onrecord/core/names";
import { FIRM_ID, levelNumber } from "@onrecord/policy/levels";
import type { Sql } from "@onrecord/postgres/database";
import type { IdentityContext } from "../context.js";
import { readPerson, refuseGiving, requireDepartment, requireRoles } from "../person.js";
import { checkEmail, checkEnd, checkTitle, distinct } from "../person-input.js";
import type { CreateUserPayload } from "../types/password-link.js";
import type { CreateUserInput } from "../types/people-inputs.js";
import { administer } from "./administer.js";
import { makePasswordLink } from "./password-links.js";

/** Makes an account, with the link on which its owner sets the password. It does not outlast its maker's. */
export async function createUser(
  context: IdentityContext,
  input: CreateUserInput,
): Promise<CreateUserPayload> {
  const id = newId();
  // What is wrong with the input is told to those alone who may make accounts.
  return administer(context, { kind: "FIRM", id: FIRM_ID }, async (administering) => {
    const { tx, principal, own, refuse, found } = administering;
    const email = checkEmail(input.email);
    const name = checkName(input.name, "The name");
    const title = checkTitle(input.title ?? null);
    checkEnd(input.expiresAt ?? null);
    const expiresAt = input.expiresAt ?? own.endOf(levelNumber("MANAGE")) ?? null;
    refuse(refuseGiving(own, expiresAt));
    const departmentId = input.departmentId ?? null;
    await requireDepartment(tx, departmentId);
    const roleIds = distinct(input.roleIds);
    await requireRoles(tx, roleIds);
    await requireFreeEmail(tx, email);
    return {
      touches: {},
      write: async () => {
        const object = { kind: "USER", id } as const;
        await tx.append({
          action: "user.created",
          object,
          detail: { departmentId, expiresAt: expiresAt?.toISOString() ?? null },
        });
        for (const roleId of roleIds) await tx.append({ action: "role.given", object, detail: { roleId } });
        await tx.query("select identity.create_person($1, $2, $3, $4, $5, $6, $7, $8)", [
          principal.sessionId,
          id,
          email,
          name,
          title,
          departmentId,
          roleIds,
          expiresAt,
        ]);
        const user = found(await readPerson(tx, id));
        return { user, passwordLink: await makePasswordLink(context, administering, id, true) };
      },
    };
  });
}

/** CONFLICT where somebody has this address already. */
export async function requireFreeEmail(tx: Sql, email: string): Promise<void> {
  const taken = await tx.query("select from identity.user where email = $1", [email]);
  if (taken.length > 0)
    throw new AppError("CONFLICT", "There is an account with this e-mail address already.");
}
