import { AppError } from "@onrecord/core/errors";
import type { IdentityContext } from "../context.js";
import { readPerson, refuseLonger } from "../person.js";
import type { PasswordLinkType } from "../types/password-link.js";
import { administer } from "./administer.js";
import { makePasswordLink } from "./password-links.js";

/** Makes a link on which somebody sets their password; the one before is void. */
export function createPasswordLink(context: IdentityContext, userId: string): Promise<PasswordLinkType> {
  return administer(context, { kind: "USER", id: userId }, async (administering) => {
    const { tx, own, refuse, found } = administering;
    const person = found(await readPerson(tx, userId));
    refuse(refuseLonger(own, person));
    if (!context.linkLimits.mayMake(userId))
      throw new AppError(
        "RATE_LIMITED",
        "Too many links were made for this account; use the last one, or wait a minute.",
      );
    const [facts] = await tx.query<{ set: boolean }>(
      "select password_set as set from identity.account_facts(array[$1::uuid])",
      [userId],
    );
    return { touches: {}, write: () => makePasswordLink(context, administering, userId, !facts?.set) };
  });
}
