import type { SubgraphContext } from "@onrecord/subgraph/context";
import type { Accounts } from "./accounts.js";
import type { LinkLimits } from "./link-limits.js";
import type { PasswordPool } from "./passwords/password-pool.js";
import type { SetupQuestion } from "./queries/is-setup-open.js";
import type { SignInLimits } from "./sign-in-limits.js";

/** What one execution works with. */
export interface IdentityContext extends SubgraphContext {
  readonly accounts: Accounts;
  readonly signInLimits: SignInLimits;
  readonly linkLimits: LinkLimits;
  readonly passwords: PasswordPool;
  readonly setup: SetupQuestion;
}
