import { draws, seeds } from "@onrecord/core/testing/random";
import { applyCommitted } from "@onrecord/history/store/apply-committed";
import { plainContent } from "@onrecord/history/testing/plain";
import { randomHistory } from "@onrecord/history/testing/random-history";
import type { Principal } from "@onrecord/policy/principal";
import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import { Authors } from "../authorship/authors.js";
import type { Connection } from "../connection/connection.js";
import { type Arrival, takeRun } from "./intake.js";

const LENGTH = 60;

describe("what random peers of every type send, taken in runs of any length", () => {
  it("is at every version what its changes make one by one, and reaches others as the same", () => {
    for (const seed of seeds(25)) {
      const random = draws(seed * 7);
      const connections = new Map<string, Connection>();
      const from = (userId: string): Connection => {
        const known = connections.get(userId) ?? open(userId);
        connections.set(userId, known);
        return known;
      };
      const live = new Y.Doc();
      const onlooker = new Y.Doc();
      const loaded = new Y.Doc();
      const authors = new Authors([], []);
      const versions = randomHistory(seed, LENGTH).versions;
      for (let at = 0; at < versions.length; ) {
        const end = Math.min(versions.length, at + 1 + random(10));
        const arrived = versions.slice(at, end).map(
          ({ update, carrierId }): Arrival => ({
            connection: from(carrierId),
            update,
            step: "step2",
            bytes: update.length,
            tell: () => undefined,
          }),
        );
        at = end;
        while (arrived.length > 0) {
          const budget = {
            bytes: 1e9,
            clients: 1e6,
            arrivals: Number.POSITIVE_INFINITY,
            steps: 1e6,
            sliceMs: 1e9,
          };
          const run = takeRun(live, authors, arrived, budget);
          expect([seed, at, run.broken]).toEqual([seed, at, false]);
          for (const { update } of run.taken) applyCommitted(loaded, update);
          if (run.merged) Y.applyUpdate(onlooker, run.merged);
          expect([seed, at, plainContent(loaded)]).toEqual([seed, at, plainContent(live)]);
          expect([seed, at, plainContent(onlooker)]).toEqual([seed, at, plainContent(live)]);
        }
      }
      const fresh = new Y.Doc();
      applyCommitted(fresh, Y.encodeStateAsUpdate(live));
      expect([seed, plainContent(fresh)]).toEqual([seed, plainContent(live)]);
    }
  });
});

/** As much of a connection as a change needs. */
function open(userId: string): Connection {
  return { listening: true, mayEdit: true, principal: { userId } as Principal } as Connection;
}
