import type { EntityManager } from "@mikro-orm/postgresql";
import { newId } from "@onrecord/core/ids";
import type { RecordedTx } from "@onrecord/ledger/ledger";
import { type AccessLevel, FIRM_ID, levelNumber } from "@onrecord/policy/levels";
import { GrantEntity } from "./entities/grant.js";
import { grantExpiry } from "./grant-expiry.js";

/** The ids of the demo's people, as identity made them. */
export interface DemoPrincipals {
  readonly users: Readonly<Record<"manager" | "trader" | "risk" | "consultant", string>>;
  readonly departments: Readonly<Record<"corporateFinance", string>>;
  readonly roles: Readonly<Record<"admin" | "compliance", string>>;
}

/** The ids of the demo's folders. */
export interface DemoResources {
  /** `Project Harbour`. */
  readonly project: string;
  /** The one folder below it that the consultant may work in. */
  readonly guestFolder: string;
  /** The settlement papers that the trader may only view. */
  readonly settlement: string;
  /** `RC-Review`. */
  readonly riskReview: string;
}

/** Gives the demo's people their access, each grant on the record. */
export async function createDemoGrants(
  tx: RecordedTx,
  em: EntityManager,
  { users, departments, roles }: DemoPrincipals,
  { project, guestFolder, settlement, riskReview }: DemoResources,
): Promise<void> {
  const now = new Date();
  const give = async (
    resourceId: string,
    principalId: string,
    level: AccessLevel,
    expiresAt: Date | null = null,
  ) => {
    const id = newId();
    em.create(GrantEntity, {
      id,
      resourceId,
      principalId,
      level: levelNumber(level),
      grantedAt: now,
      expiresAt,
    });
    await tx.append({
      action: "access.granted",
      object: { kind: resourceId === FIRM_ID ? "FIRM" : "FOLDER", id: resourceId },
      detail: { grantId: id, principalId, level, expiresAt: expiresAt?.toISOString() ?? null },
    });
  };
  await give(FIRM_ID, roles.admin, "MANAGE");
  await give(FIRM_ID, roles.compliance, "DOWNLOAD");
  await give(project, departments.corporateFinance, "EDIT");
  await give(project, users.manager, "MANAGE");
  await give(settlement, users.manager, "MANAGE");
  await give(settlement, users.trader, "VIEW");
  await give(riskReview, users.risk, "DOWNLOAD");
  await give(guestFolder, users.consultant, "EDIT", grantExpiry("GUEST", null, now));
}
