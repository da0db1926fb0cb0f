import { randomBytes } from "node:crypto";
import { AppError } from "@onrecord/core/errors";
import { newId } from "@onrecord/core/ids";
import { hashToken } from "@onrecord/policy/principal";
import type { IdentityContext } from "../context.js";
import type { PasswordLinkType } from "../types/password-link.js";
import type { Administering } from "./administer.js";

/** How long a link can be used, in hours: until the day after tomorrow, so that a weekend does not end it at once. */
const HOURS = 72;

/** Makes the link on which somebody sets their password, in the transaction of an administrator, and revokes the one before. */
export async function makePasswordLink(
  { config }: Pick<IdentityContext, "config">,
  { tx, principal }: Pick<Administering, "tx" | "principal">,
  userId: string,
  first: boolean,
): Promise<PasswordLinkType> {
  const token = randomBytes(32).toString("base64url");
  const linkId = newId();
  await tx.append({
    action: "password.link-made",
    object: { kind: "USER", id: userId },
    detail: { linkId, hours: HOURS, first },
  });
  const [row] = await tx.query<{ ends: Date | null }>(
    "select identity.make_password_link($1, $2, $3, $4, $5) as ends",
    [principal.sessionId, linkId, userId, hashToken(token), HOURS],
  );
  if (!row?.ends)
    throw new AppError(
      "CONFLICT",
      "Nobody can sign in to this account: it is suspended, over, or a service's.",
    );
  return { url: `${config.publicUrl?.replace(/\/$/, "") ?? ""}/set-password#${token}`, expiresAt: row.ends };
}
