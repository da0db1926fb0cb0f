import { type FirstNode, testNode } from "@onrecord/bus/testing/test-node";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Arrivals } from "./arrivals.js";
import { addPerson, signedIn } from "./testing/people.js";

let context: FirstNode;
let token: string;
beforeAll(async () => {
  context = await testNode();
  ({ token } = await signedIn(context.db, await addPerson(context.db, { name: "Known" })));
});
afterAll(() => context[Symbol.asyncDispose]());

const turn = () => new Promise((resolve) => setImmediate(resolve));

it("what a known session brings is looked at before the rest of a crowd that came first", async () => {
  const arrivals = new Arrivals(context.db);
  await arrivals.prove("192.0.2.1", token);
  let answered = 0;
  const crowd = Array.from({ length: 900 }, async (_, i) => {
    expect(await arrivals.prove("192.0.2.1", `${"made-up".repeat(4)} ${i}`)).toBeNull();
    answered++;
  });
  await turn();
  expect(await arrivals.prove("192.0.2.1", token)).toMatchObject({ name: "Known" });
  const before = answered;
  // And so is a stranger of another network.
  await arrivals.enter("198.51.100.1");
  await Promise.all(crowd);
  expect(before).toBeLessThan(450);
});

it("a crowd of made-up tokens is a handful of statements", async () => {
  const arrivals = new Arrivals(context.db);
  const before = context.db.statements;
  await Promise.all(
    Array.from({ length: 900 }, (_, i) => arrivals.prove("192.0.2.1", `${"y".repeat(30)}${i}`)),
  );
  expect(context.db.statements - before).toBeLessThan(450);
});

it("each of many tokens gets its own answer", async () => {
  const arrivals = new Arrivals(context.db);
  const other = await signedIn(context.db, await addPerson(context.db, { name: "Other" }));
  const brought = [token, "short", `${"z".repeat(43)}`, other.token, token];
  const proven = await Promise.all(brought.map((token) => arrivals.prove(null, token)));
  expect(proven.map((principal) => principal?.name ?? null)).toEqual(["Known", null, null, "Other", "Known"]);
});

it("a session that has ended goes in with the strangers", async () => {
  const arrivals = new Arrivals(context.db);
  const { token, sessionId } = await signedIn(context.db, await addPerson(context.db, { name: "Gone" }));
  await arrivals.prove("192.0.2.1", token);
  await context.db.query("update identity.session set ended_at = now() where id = $1", [sessionId]);
  expect(await arrivals.prove("192.0.2.1", token)).toBeNull();
  let entered = 0;
  const crowd = Array.from({ length: 900 }, () => arrivals.enter("192.0.2.1").then(() => entered++));
  await arrivals.prove("192.0.2.1", token);
  expect(entered).toBe(900);
  await Promise.all(crowd);
});

it("a crowd that brings more than can wait is told to come again", async () => {
  const arrivals = new Arrivals(context.db);
  const crowd = await Promise.allSettled(Array.from({ length: 1500 }, () => arrivals.enter("192.0.2.1")));
  const refused = crowd.filter((outcome) => outcome.status === "rejected");
  expect(refused.length).toBeGreaterThan(400);
  expect(refused[0]?.reason).toMatchObject({ code: "RATE_LIMITED" });
});
