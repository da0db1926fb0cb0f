import { expect, it } from "vitest";
import { Admission } from "./admission.js";

const turn = () => new Promise((resolve) => setImmediate(resolve));

it("what a known session asks is looked at before the rest of a crowd that came first", async () => {
  const admission = new Admission();
  admission.note("known", true);
  let entered = 0;
  const crowd = Array.from({ length: 900 }, async (_, i) => {
    await admission.enter("192.0.2.1", `made-up ${i}`);
    entered++;
  });
  await turn();
  await admission.enter("192.0.2.1", "known");
  expect(entered).toBeLessThan(50);
  // And so is a stranger of another network.
  await admission.enter("198.51.100.1");
  expect(entered).toBeLessThan(50);
  await Promise.all(crowd);
});

it("a session that has ended goes in with the strangers", async () => {
  const admission = new Admission();
  admission.note("known", true);
  admission.note("known", false);
  const crowd = Array.from({ length: 900 }, () => admission.enter("192.0.2.1"));
  let entered = 0;
  for (const one of crowd) void one.then(() => entered++);
  await admission.enter("192.0.2.1", "known");
  expect(entered).toBe(900);
});

it("a crowd that brings more than can wait is told to come again", async () => {
  const admission = new Admission();
  const crowd = await Promise.allSettled(Array.from({ length: 1500 }, () => admission.enter("192.0.2.1")));
  const refused = crowd.filter((outcome) => outcome.status === "rejected");
  expect(refused.length).toBeGreaterThan(400);
  expect(refused[0]?.reason).toMatchObject({ code: "RATE_LIMITED" });
});
