import { unitOfWork } from "@onrecord/postgres/orm";
import type { Subgraph } from "@onrecord/subgraph/subgraph";
import { ask, callerOf, type TestContext, testContext } from "@onrecord/testing/database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDemoPeople, demoSignIns } from "./demo.js";
import { openIdentityOrm } from "./orm.js";
import { hashPassword } from "./password.js";
import { createIdentitySubgraph } from "./subgraph.js";

const resources = new AsyncDisposableStack();
let context: TestContext;
let subgraph: Subgraph;
beforeAll(async () => {
  context = resources.use(await testContext());
  subgraph = resources.use(await createIdentitySubgraph(context));
});
afterAll(() => resources.disposeAsync());

const SIGN_IN = /* GraphQL */ `
  mutation ($email: String!, $password: String!) {
    signIn(input: { email: $email, password: $password }) {
      principal { roles capabilities user { email kind department { name } } }
    }
  }
`;
interface SignedIn {
  signIn: {
    principal: {
      roles: string[];
      capabilities: string[];
      user: { email: string; kind: string; department: { name: string } | null };
    };
  };
}
const signIn = (email: string) =>
  ask<SignedIn>(subgraph, callerOf(null), SIGN_IN, { email, password: context.demoPassword });

describe("the demo firm", () => {
  it("has everybody, each able to sign in with the role and the department of their desk", async () => {
    const passwordHash = await hashPassword(context.demoPassword);
    await using orm = await openIdentityOrm(context);
    await context.db.transaction((tx) => createDemoPeople(unitOfWork(orm.em(), tx), passwordHash));
    const seen = await Promise.all(demoSignIns.map(({ email }) => signIn(email)));
    expect(
      seen.map(({ data: { signIn } }) => {
        const { user, roles, capabilities } = signIn.principal;
        return [user.email.split("@")[0], user.kind, user.department?.name, roles, capabilities];
      }),
    ).toEqual([
      [
        "admin",
        "EMPLOYEE",
        "Administration",
        ["admin"],
        ["READ_AUDIT", "CREATE_TOP_FOLDER", "MANAGE_PEOPLE"],
      ],
      ["compliance", "EMPLOYEE", "Compliance", ["compliance"], ["READ_AUDIT"]],
      ["manager", "EMPLOYEE", "Corporate Finance", ["manager"], ["CREATE_TOP_FOLDER"]],
      ["analyst1", "EMPLOYEE", "Corporate Finance", ["analyst"], []],
      ["analyst2", "EMPLOYEE", "Corporate Finance", ["analyst"], []],
      ["analyst3", "EMPLOYEE", "Corporate Finance", ["analyst"], []],
      ["trader", "EMPLOYEE", "Dealing", ["trader"], []],
      ["risk", "EMPLOYEE", "Risk", ["risk"], ["READ_AUDIT"]],
      ["consultant", "GUEST", undefined, [], []],
    ]);
  });
});
