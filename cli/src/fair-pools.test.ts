import { newId } from "@onrecord/core/ids";
import { type TestContext, testContext } from "@onrecord/testing/database";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Api } from "./client/api.js";
import { type Node, startNode } from "./node.js";

let context: TestContext;
let node: Node;
beforeAll(async () => {
  context = await testContext({ PORT: "0", ONRECORD_POOL_IDENTITY: "2" });
  node = await startNode(context);
});
afterAll(() => node?.[Symbol.asyncDispose]());

async function signIn(name: string): Promise<Api> {
  const { signIn } = await new Api(node.url, undefined).ask<{ signIn: { token: string } }>(
    "mutation ($input: SignInInput!) { signIn(input: $input) { token } }",
    { input: { email: `${name}@demo.onrecord.test`, password: context.demoPassword } },
  );
  return new Api(node.url, signIn.token);
}
const times = (count: number, field: string) =>
  `{ ${Array.from({ length: count }, (_, i) => `a${i}: ${field}`).join(" ")} }`;

it("asks the database once, and then never, whether an installation is new, however many strangers ask how often", async () => {
  const { db } = context.under("identity");
  const before = db.statements;
  const stranger = new Api(node.url, undefined);
  const asked = Array.from({ length: 30 }, () => stranger.ask<object>(times(290, "setupOpen")));
  for (const answer of await Promise.all(asked))
    expect(new Set(Object.values(answer))).toEqual(new Set([false]));
  // Those of the node itself are among them.
  expect(db.statements - before).toBeLessThan(30);
});

it("answers a colleague, and ends what they end, before a guest's hundreds of questions", async () => {
  const guest = await signIn("consultant");
  const [ann, other] = [await signIn("analyst1"), await signIn("analyst1")];
  const { me } = await other.ask<{ me: { sessionId: string } }>("{ me { sessionId } }");
  let answered = 0;
  const asked = Array.from({ length: 20 }, () =>
    guest.ask(times(45, "mySessions { totalCount }")).then(() => answered++),
  );
  // The guest's wait by now.
  while (context.under("identity").db.pool.waiting < 100)
    await new Promise((resolve) => setImmediate(resolve));
  for (let i = 0; i < 3; i++) await ann.ask("{ me { user { name } } }");
  const END = "mutation ($input: EndSessionInput!) { endSession(input: $input) }";
  // Changes of rights go one by one: the guest's own must not hold up a colleague's behind what else they wait for.
  const own = guest.ask(END, { input: { sessionId: newId() } }).catch(() => undefined);
  const ended = await ann.ask(END, { input: { sessionId: me.sessionId } });
  expect(ended).toEqual({ endSession: true });
  expect(answered).toBeLessThan(10);
  await Promise.all([own, ...asked]);
});

it("tells whoever asks for more than may wait to ask again later, and nobody else", async () => {
  const [guest, ann] = [await signIn("consultant"), await signIn("analyst1")];
  const asked = Array.from({ length: 60 }, () => guest.ask(times(45, "mySessions { totalCount }")));
  const answers = Promise.allSettled(asked);
  await ann.ask("{ me { user { name } } }");
  const refused = (await answers).filter((answer) => answer.status === "rejected");
  expect(refused.length).toBeGreaterThan(0);
  for (const { reason } of refused) expect(reason).toMatchObject({ code: "RATE_LIMITED" });
  await guest.ask("{ me { user { name } } }");
});
