import { type FirstNode, testNode } from "@onrecord/bus/testing/test-node";
import { newId } from "@onrecord/core/ids";
import { bySystem, Ledger } from "@onrecord/ledger/ledger";
import { usualBounds } from "@onrecord/postgres/bounds";
import { Database } from "@onrecord/postgres/database";
import { type Direction, SilentProxy } from "@onrecord/postgres/testing/silent-proxy";
import { isUnavailable } from "@onrecord/postgres/unavailable";
import { afterAll, beforeAll, expect, it } from "vitest";
import { changeRights } from "./change-rights.js";
import { FIRM_ID } from "./levels.js";
import { addPerson } from "./testing/people.js";

let node: FirstNode;
beforeAll(async () => {
  node = await testNode();
});
afterAll(() => node?.[Symbol.asyncDispose]());

it.each([
  ["its second connection is", "permissions.stop", ["up"]],
  ["the answer on its second connection is", "permissions.stop", ["down"]],
  ["its write is", "permissions.grant ", ["up", "down"]],
  ["the answer of its commit is", "commit\0", ["down"]],
] as const)(
  "a change of rights ends, and the next is made, where %s swallowed",
  async (_, what, muted) => {
    await using proxy = await SilentProxy.before(node.appUrl);
    const bounds = { ...usualBounds, answerMs: 2000, statementMs: 2000, idleTransactionMs: 4000 };
    await using db = new Database(proxy.through(node.appUrl), { log: node.log, bounds });
    const ledger = new Ledger(db, node.bus);
    const userId = await addPerson(node.db, {});
    const grant = () => {
      const id = newId();
      const grants = [{ principalId: userId, resourceId: FIRM_ID }];
      const made = changeRights({ db, ledger, bus: node.bus }, bySystem(newId()), async (tx) => ({
        touches: { grants },
        write: async () => {
          await tx.query(
            `insert into permissions.grant (id, resource_id, principal_id, level, granted_by, granted_at)
           values ($1, $2, $3, 1, $3, clock_timestamp())`,
            [id, FIRM_ID, userId],
          );
          await tx.append({
            action: "access.granted",
            object: { kind: "FIRM", id: FIRM_ID },
            detail: { grantId: id, principalId: userId, level: "VIEW", expiresAt: null },
          });
          return id;
        },
      }));
      return { id, made };
    };
    const kept = async () =>
      (
        await node.db.query<{ id: string }>("select id from permissions.grant where principal_id = $1", [
          userId,
        ])
      ).map(({ id }) => id);
    proxy.watch = (line, direction: Direction, piece) => {
      if (direction !== "up" || !piece.includes(what)) return;
      proxy.watch = () => undefined;
      line.mute(...muted);
    };
    const first = grant();
    const fault = await first.made.catch((error: unknown) => error);
    expect(isUnavailable(fault)).toBe(true);
    const second = grant();
    await second.made;
    expect(await kept()).toEqual(what === "commit\0" ? [first.id, second.id] : [second.id]);
  },
  60_000,
);
