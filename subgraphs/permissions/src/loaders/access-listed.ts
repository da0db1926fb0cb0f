import { byCaller } from "@onrecord/policy/principal";
import { perRequest } from "@onrecord/subgraph/loader";
import type { PermissionsContext } from "../context.js";
import type { Resource } from "../resource.js";

/** Puts on the record that the caller reads who has access to some resources: in one statement, folded. */
export const accessListed = perRequest<Resource, boolean, PermissionsContext>(
  async (resources, { caller, ledger }) => {
    await ledger.sittings.record("access.listed", byCaller(caller), resources);
    return resources.map(() => true);
  },
  { key: ({ id }) => id },
);
