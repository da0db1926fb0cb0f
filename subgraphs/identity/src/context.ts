import type { SubgraphContext } from "@onrecord/subgraph/context";
import type { SignInLimits } from "./sign-in-limits.js";

/** What one execution works with. */
export interface IdentityContext extends SubgraphContext {
  readonly signInLimits: SignInLimits;
}
