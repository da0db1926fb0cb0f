import { isId } from "@onrecord/core/ids";
import type { Decision } from "@onrecord/policy/decision";
import { type ResourceAction, resourceActions } from "@onrecord/policy/levels";
import { perRequest } from "@onrecord/subgraph/loader";
import type { PermissionsContext } from "../context.js";

/** What the caller may do with some resources: every action on all of them from one read. */
export const decisionsOn = perRequest<string, Record<ResourceAction, Decision> | null, PermissionsContext>(
  async (ids, { caller, decisions, guard }) => {
    const decided = await decisions.decideEach(
      guard.requirePrincipal(caller),
      resourceActions,
      ids.filter(isId),
    );
    return ids.map((id) => decided.get(id) ?? null);
  },
);
