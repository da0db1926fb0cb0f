import type { AppContext } from "@onrecord/context/context";
import { AppError } from "@onrecord/core/errors";
import { newId } from "@onrecord/core/ids";
import { checkText } from "@onrecord/core/text";
import { bySystem } from "@onrecord/ledger/ledger";
import { UserEntity } from "../entities/user.js";
import { openIdentityOrm } from "../orm.js";
import { startSession } from "./start-session.js";

/**
 * Starts a session for somebody without their password and returns its token: for the operator of the machine, who could write
 * to the database anyway. The record says that the system did it, and for whom.
 */
export async function createSessionFor(context: AppContext, email: string): Promise<string> {
  checkText(email, "The e-mail address");
  await using orm = await openIdentityOrm(context);
  const em = orm.em();
  const user = await em.findOne(UserEntity, { email: email.trim().toLowerCase() });
  if (user === null) throw new AppError("NOT_FOUND", `Nobody here has the e-mail address ${email}.`);
  if (!user.active || (user.expiresAt && user.expiresAt <= new Date()))
    throw new AppError("FORBIDDEN", `The account of ${email} is not active any more.`);
  const sessionId = newId();
  return context.ledger.transaction({ ...bySystem(newId()), sessionId }, async (tx) => {
    // Whoever suspends the account waits, and ends this session with the others.
    const [held] = await tx.query("select from identity.user where id = $1 and active for share", [user.id]);
    if (!held) throw new AppError("FORBIDDEN", `The account of ${email} is not active any more.`);
    return startSession(tx, {
      id: sessionId,
      userId: user.id,
      kind: "TOKEN",
      limits: context.config.limits,
      originId: null,
      object: { kind: "USER", id: user.id },
    });
  });
}
