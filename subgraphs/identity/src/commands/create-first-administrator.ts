import { AppError } from "@onrecord/core/errors";
import { newId } from "@onrecord/core/ids";
import { checkName } from "@onrecord/core/names";
import { networkOf } from "@onrecord/core/network";
import { checkText } from "@onrecord/core/text";
import type { AuditEvents } from "@onrecord/ledger/events/catalogue";
import { changeRights } from "@onrecord/policy/change-rights";
import { onRecord } from "@onrecord/policy/on-record";
import { hashToken } from "@onrecord/policy/principal";
import type { IdentityContext } from "../context.js";
import { checkNewPassword, hashPassword } from "../password.js";
import { checkEmail } from "../person-input.js";
import { isSetupOpen } from "../queries/is-setup-open.js";
import type { CreateFirstAdministratorInput, ReadyAccountType } from "../types/password-link.js";
import { requireFreeEmail } from "./create-user.js";
import { nobody } from "./set-password.js";

type Refusal = AuditEvents["setup.refused"]["reason"];

/** Thrown inside the transaction, so that nothing of it is kept. */
class Refused extends Error {
  constructor(readonly reason: "closed" | "token") {
    super(`the first administrator was not made: ${reason}`);
  }
}

/**
 * Makes the first administrator, for whoever has the token that a node's log shows. Of several who have it, one does; a stranger has none,
 * and nothing is hashed for them. Every refusal is on the record.
 */
export async function createFirstAdministrator(
  context: IdentityContext,
  input: CreateFirstAdministratorInput,
): Promise<ReadyAccountType> {
  const { caller, db, rights } = context;
  checkText(input.token.slice(0, 256), "The token");
  const email = checkEmail(input.email);
  const name = checkName(input.name, "The name");
  checkNewPassword(input.password);
  if (!(await isSetupOpen(db))) throw await refused(context, "closed");
  const tokenHash = hashToken(input.token.slice(0, 256));
  const [known] = await db.query<{ is: boolean }>("select identity.is_setup_token($1) as is", [tokenHash]);
  if (!known?.is) throw await refused(context, "token");
  const hash = await hashPassword(input.password);
  const id = newId();
  try {
    const { revision } = await changeRights(context, nobody(caller), async (tx) => {
      await requireFreeEmail(tx, email);
      return {
        touches: {},
        write: async () => {
          await tx.append({
            action: "administrator.created",
            object: { kind: "USER", id },
            detail: { via: "setup" },
          });
          const [row] = await tx.query<{ made: boolean | null }>(
            "select identity.create_first_administrator($1, $2, $3, $4, $5) as made",
            [tokenHash, id, email, name, hash],
          );
          if (row?.made !== true) throw new Refused(row?.made === false ? "token" : "closed");
        },
      };
    });
    await rights.inForce(revision);
    return { email };
  } catch (error) {
    if (error instanceof Refused) throw await refused(context, error.reason);
    throw error;
  }
}

async function refused(
  { caller, ledger, linkLimits }: IdentityContext,
  why: "closed" | "token",
): Promise<AppError> {
  const reason: Refusal = linkLimits.mayFail(networkOf(caller.from.ip)) ? why : "too-many";
  await ledger.refuse({ action: "setup.refused", by: nobody(caller), object: null, detail: { reason } });
  if (reason === "too-many")
    return new AppError("RATE_LIMITED", "Too many attempts; wait a minute and try again.");
  const text =
    reason === "closed"
      ? "There is an administrator already: sign in, or ask them for an account."
      : "This is not what the server's log shows, or its time is over: restart the server for another.";
  return onRecord(new AppError("FORBIDDEN", text, { reasons: [{ id: `setup-${reason}`, text }] }));
}
