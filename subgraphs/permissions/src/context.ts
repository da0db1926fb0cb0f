import type { SubgraphContext } from "@onrecord/subgraph/context";

/** What one execution works with. */
export type PermissionsContext = SubgraphContext;
