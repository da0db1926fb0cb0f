import { newId } from "@onrecord/core/ids";
import { bySystem, type Ledger } from "@onrecord/ledger/ledger";
import { type AccessLevel, FIRM_ID, levelNumber } from "@onrecord/policy/levels";
import type { Tx } from "@onrecord/postgres/database";
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
  tx: Tx,
  ledger: Ledger,
  { users, departments, roles }: DemoPrincipals,
  { project, guestFolder, settlement, riskReview }: DemoResources,
): Promise<void> {
  const now = new Date();
  const by = bySystem(newId());
  const give = async (
    resourceId: string,
    principalId: string,
    level: AccessLevel,
    expiresAt: Date | null = null,
  ) => {
    const id = newId();
    await tx.query(
      `insert into permissions.grant (id, resource_id, principal_id, level, granted_at, expires_at)
       values ($1, $2, $3, $4, $5, $6)`,
      [id, resourceId, principalId, levelNumber(level), now, expiresAt],
    );
    await ledger.append(tx, {
      action: "access.granted",
      by,
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
