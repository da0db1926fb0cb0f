import { AppError } from "@onrecord/core/errors";
import { levelName } from "@onrecord/policy/levels";
import type { GrantRow } from "./entities/grant.js";
import type { GrantType } from "./types/grant-type.js";

/** A grant as the API shows it. */
export function presentGrant(row: GrantRow): GrantType {
  const level = levelName(row.level);
  if (level === undefined) throw new AppError("INTERNAL", `The grant ${row.id} has the level ${row.level}.`);
  const { id, resourceId, principalId, grantedAt } = row;
  return { id, resourceId, principalId, level, grantedAt, expiresAt: row.expiresAt ?? null };
}
