import { inOrder, perRequest } from "@onrecord/subgraph/loader";
import type { PermissionsContext } from "../context.js";
import { findPrincipals, type GrantPrincipal } from "../principals.js";

/** What grants name, in one statement for all grants of a request. */
export const grantPrincipal = perRequest<string, GrantPrincipal | null, PermissionsContext>(
  async (ids, { db }) => inOrder<string, GrantPrincipal>(ids, await findPrincipals(db, ids), ({ id }) => id),
);
