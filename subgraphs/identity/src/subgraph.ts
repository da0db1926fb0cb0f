import { type AppContext, onLogin } from "@onrecord/context/context";
import { beginExecution, shared } from "@onrecord/subgraph/context";
import type { Subgraph } from "@onrecord/subgraph/subgraph";
import { observeGauge, type Sample } from "@onrecord/telemetry/observed";
import { Accounts } from "./accounts.js";
import type { IdentityContext } from "./context.js";
import { LinkLimits } from "./link-limits.js";
import { openIdentityOrm } from "./orm.js";
import { PasswordPool } from "./passwords/password-pool.js";
import { SetupQuestion } from "./queries/is-setup-open.js";
import { buildSchema } from "./schema.js";
import { SignInLimits } from "./sign-in-limits.js";
import { UnusedSessions } from "./unused-sessions.js";

/** The subgraph of who is who: users, departments, sessions. */
export async function createIdentitySubgraph(
  process: AppContext,
): Promise<Subgraph & { start(): Promise<void> }> {
  const context = onLogin(process, "identity");
  const orm = await openIdentityOrm(context);
  const passwords = new PasswordPool();
  observeGauge(context.metrics, {
    name: "onrecord_password_checks",
    help: "passwords that are held against their hashes now, and passwords that wait for it",
    labels: ["state"],
    read: () => Object.entries(passwords.load).map(([state, count]): Sample => [{ state }, count]),
  });
  const services = {
    ...shared(context),
    accounts: new Accounts(context.db),
    signInLimits: new SignInLimits(),
    linkLimits: new LinkLimits(),
    passwords,
    setup: new SetupQuestion(context.db),
  };
  const unused = new UnusedSessions(context);
  return {
    name: "identity",
    ledger: context.ledger,
    ...buildSchema(),
    start: async () => unused.start(),
    context: (caller): IdentityContext => beginExecution(services, orm, caller),
    [Symbol.asyncDispose]: async () => {
      await unused[Symbol.asyncDispose]();
      await passwords[Symbol.asyncDispose]();
      await orm[Symbol.asyncDispose]();
    },
  };
}
