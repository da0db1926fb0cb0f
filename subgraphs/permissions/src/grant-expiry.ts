import { AppError } from "@onrecord/core/errors";
import type { GrantPrincipal } from "./principals.js";

/** The longest that a guest may have access to anything, in days. */
export const GUEST_DAYS = 90;

/**
 * When a grant ends: as asked; when nothing is asked, with the giver's own right. A guest's always ends, after 90 days at most. Throws
 * BAD_USER_INPUT for what cannot be.
 */
export function grantExpiry(
  kind: GrantPrincipal["kind"],
  asked: Date | null,
  now: Date,
  own: Date | null = null,
): Date | null {
  if (asked !== null && !(asked > now))
    throw new AppError("BAD_USER_INPUT", "`expiresAt` must lie in the future.");
  if (kind !== "GUEST") return asked ?? own;
  const latest = new Date(now.getTime() + GUEST_DAYS * 86_400_000);
  if (asked !== null && asked > latest)
    throw new AppError("BAD_USER_INPUT", `A guest's access ends after ${GUEST_DAYS} days at most.`);
  return asked ?? (own !== null && own < latest ? own : latest);
}
