import { randomBytes } from "node:crypto";
import type { AppContext } from "@onrecord/context/context";
import { newId } from "@onrecord/core/ids";
import { bySystem } from "@onrecord/ledger/ledger";
import { FIRM_ID } from "@onrecord/policy/levels";
import { hashToken } from "@onrecord/policy/principal";
import { isSetupOpen } from "./queries/is-setup-open.js";

/** Somebody made the first administrator meanwhile. */
class Closed extends Error {}

/** How long what the log shows makes the first administrator, in hours. */
export const SETUP_HOURS = 24;

/**
 * While there never was an administrator, makes a token that makes the first one, and returns it: for the log, the only place where it is.
 * Each node has its own, so that whichever log is read shows one that works. Null: there is nothing to set up.
 */
export async function openSetup({ db, ledger }: Pick<AppContext, "db" | "ledger">): Promise<string | null> {
  if (!(await isSetupOpen(db))) return null;
  const token = randomBytes(32).toString("base64url");
  try {
    await ledger.transaction(bySystem(newId()), async (tx) => {
      await tx.append({
        action: "setup.opened",
        object: { kind: "FIRM", id: FIRM_ID },
        detail: { hours: SETUP_HOURS },
      });
      const [row] = await tx.query<{ opened: boolean }>("select identity.open_setup($1, $2) as opened", [
        hashToken(token),
        SETUP_HOURS,
      ]);
      if (!row?.opened) throw new Closed();
    });
    return token;
  } catch (error) {
    if (error instanceof Closed) return null;
    throw error;
  }
}
