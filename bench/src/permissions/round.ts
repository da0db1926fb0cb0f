import { setTimeout as delay } from "node:timers/promises";
import type pg from "pg";
import type { Numbers } from "../load/job.js";
import type { Api } from "../servers/api.js";
import { clock } from "./clock.js";
import { departmentsOf, editorsOf, idOf, importRole, MANAGER, TEAM, tokenOf } from "./firm.js";
import type { Holders } from "./holders.js";
import type { Size } from "./size.js";
import type { Writers } from "./writers.js";

/** How long the writers are looked at before a change, and after it: a change made by SQL alone may be noticed a second later. */
const AROUND = 2000;
/** What is sent this long before a change may wait for it already, in milliseconds. */
const MARGIN = 200;
const UNAUTHENTICATED = 4401;
const FORBIDDEN = 4403;

/** Everything that a round acts on. */
export interface Stage {
  readonly size: Size;
  readonly api: Api;
  readonly sql: pg.Client;
  /** The folder at the top. */
  readonly top: string;
  readonly writers: Writers;
  readonly holders: Holders;
  /** Editors by what they rely on: the grant to the team on the top folder, or a role. */
  readonly team: readonly number[];
  readonly byRole: readonly number[];
  readonly teamGrant: string;
}

/** Makes every change once. The team's sockets are closed in the end; `teamGrant` lets them come back. */
export async function playRound(
  stage: Stage,
  round: number,
): Promise<{ numbers: Numbers; teamGrant: string }> {
  const { api, sql, top, holders, team, byRole, size } = stage;
  const manager = tokenOf(MANAGER);
  const [leaving, ...staying] = byRole;

  const nothing = await stallOf(stage, async () => undefined);
  let signOutClosed = 0;
  const signOut = await stallOf(stage, async () => {
    const start = clock();
    await api.signOut(tokenOf(leaving!));
    signOutClosed = (await holders.closed([leaving!], UNAUTHENTICATED)) - start;
  });

  const giveRole = async (people: readonly number[], role: string) => {
    await sql.query(
      "insert into identity.user_role (user_id, role_id) select id, $2 from unnest($1::uuid[]) as p (id)",
      [people.map((person) => idOf("person", person)), role],
    );
  };
  // Everybody who has an editor open is among the thousands.
  const first = editorsOf(size)[0]!;
  const many = Array.from({ length: size.imported }, (_, index) => first + index);
  const one = await stallOf(stage, () => giveRole([team[0]!], importRole(2 * round - 1)));
  const thousands = await stallOf(stage, () => giveRole(many, importRole(2 * round)));
  const department = await stallOf(stage, () => moveDepartment(stage, round));
  holders.checkOpen([...team, ...staying]);

  let revokeAnswered = 0;
  let revokeClosed = 0;
  const revoke = await stallOf(stage, async () => {
    const start = clock();
    await api.revokeAccess(manager, stage.teamGrant);
    revokeAnswered = clock() - start;
    revokeClosed = (await holders.closed(team, FORBIDDEN)) - start;
  });
  holders.checkOpen(staying);

  let teamGrant = "";
  let grantAnswered = 0;
  const grant = await stallOf(stage, async () => {
    const start = clock();
    teamGrant = await api.grantAccess(manager, { resourceId: top, principalId: TEAM, level: "EDIT" });
    grantAnswered = clock() - start;
  });
  return {
    numbers: {
      usual: nothing.usual,
      nothing: nothing.stall,
      signOut: signOut.stall,
      signOutClosed,
      revoke: revoke.stall,
      revokeClosed,
      revokeSockets: team.length,
      revokeAnswered,
      grant: grant.stall,
      grantAnswered,
      one: one.stall,
      thousands: thousands.stall,
      department: department.stall,
    },
    teamGrant,
  };
}

/** Moves a department of the third level from one parent to another within the team: nobody loses anything. */
async function moveDepartment({ sql, size }: Stage, round: number): Promise<void> {
  const team = departmentsOf(size).filter(({ inTeam }) => inTeam);
  const parents = team.filter(({ level }) => level === 1);
  const [moved] = team.filter(({ level }) => level === 2);
  await sql.query("update identity.department set parent_id = $2 where id = $1", [
    moved!.id,
    parents[round % parents.length]!.id,
  ]);
}

/**
 * How much longer than before the change the slowest keystroke of the writers took, in milliseconds. The span before is as long as the
 * change and what follows it, or as `AROUND` where the change took longer than that.
 */
async function stallOf(
  { writers }: Stage,
  change: () => Promise<void>,
): Promise<{ readonly stall: number; readonly usual: number }> {
  await delay(AROUND + MARGIN);
  const begun = clock();
  await change();
  await delay(AROUND);
  const from = begun - MARGIN;
  const during = await writers.between(from, clock());
  const before = await writers.between(from - AROUND, from);
  return { stall: Math.max(0, during.worst - before.worst), usual: before.median };
}
