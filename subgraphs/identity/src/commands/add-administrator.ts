import type { AppContext } from "@onrecord/context/context";
import { AppError } from "@onrecord/core/errors";
import { newId } from "@onrecord/core/ids";
import { checkName } from "@onrecord/core/names";
import { bySystem } from "@onrecord/ledger/ledger";
import { changeRights } from "@onrecord/policy/change-rights";
import type { Sql } from "@onrecord/postgres/database";
import { checkNewPassword, hashPassword } from "../password.js";
import { checkEmail } from "../person-input.js";
import { requireFreeEmail } from "./create-user.js";

/** An administrator who is to be. */
export interface NewAdministrator {
  readonly email: string;
  readonly name: string;
  readonly password: string;
  /** Also where somebody administers the firm already. */
  readonly another: boolean;
}

/**
 * Makes an administrator for whoever operates the machine, who could write to the database anyway: under the owner's login. The record says
 * that the system did it. CONFLICT where somebody administers the firm already, unless another one is wanted. Returns the address as kept.
 */
export async function addAdministrator(
  context: Pick<AppContext, "db" | "ledger" | "bus">,
  { email: given, name: givenName, password, another }: NewAdministrator,
): Promise<string> {
  const email = checkEmail(given);
  const name = checkName(givenName, "The name");
  checkNewPassword(password);
  const hash = await hashPassword(password);
  const id = newId();
  await changeRights(context, bySystem(newId()), async (tx) => {
    await checkWanted(tx, another);
    await requireFreeEmail(tx, email);
    return {
      touches: {},
      write: async () => {
        const object = { kind: "USER", id } as const;
        await tx.append({ action: "administrator.created", object, detail: { via: "command" } });
        await tx.query("select identity.add_administrator($1, $2, $3, $4)", [id, email, name, hash]);
      },
    };
  });
  return email;
}

/** CONFLICT where somebody who can sign in administers the firm, unless another one is wanted. */
export async function checkWanted(sql: Sql, another: boolean): Promise<void> {
  const [row] = await sql.query<{ usable: number }>("select usable from identity.administrators()");
  if ((row?.usable ?? 0) > 0 && !another)
    throw new AppError(
      "CONFLICT",
      "Somebody administers this installation already: they make accounts in the web app. Give --another to make one here all the same.",
    );
}
