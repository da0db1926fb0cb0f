import { buildSchema as build } from "@onrecord/subgraph/build-schema";
import type { SubgraphSchema } from "@onrecord/subgraph/subgraph";
import type { IdentityContext } from "./context.js";
import { ActorResolver, actorsByReference } from "./resolvers/actor-resolver.js";
import { departmentsByReference } from "./resolvers/department-resolver.js";
import { DepartmentsResolver } from "./resolvers/departments-resolver.js";
import { FirstRunResolver } from "./resolvers/first-run-resolver.js";
import { OwnSessionsResolver } from "./resolvers/own-sessions-resolver.js";
import { PeopleResolver } from "./resolvers/people-resolver.js";
import { PrincipalResolver } from "./resolvers/principal-resolver.js";
import { RolesResolver } from "./resolvers/roles-resolver.js";
import { SessionResolver } from "./resolvers/session-resolver.js";
import { UserResolver, usersByReference } from "./resolvers/user-resolver.js";
import { ActorType } from "./types/actor-type.js";

/** The schema of who is who; needs no database. */
export function buildSchema(): SubgraphSchema {
  return build<IdentityContext>({
    resolvers: [
      SessionResolver,
      OwnSessionsResolver,
      PrincipalResolver,
      UserResolver,
      ActorResolver,
      PeopleResolver,
      DepartmentsResolver,
      RolesResolver,
      FirstRunResolver,
    ],
    orphanedTypes: [ActorType],
    references: { User: usersByReference, Department: departmentsByReference, Actor: actorsByReference },
  });
}
