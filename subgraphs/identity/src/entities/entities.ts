import { DepartmentEntity } from "./department.js";
import { RoleEntity } from "./role.js";
import { SessionEntity } from "./session.js";
import { UserEntity } from "./user.js";

/** Everything that this subgraph owns in the schema `identity`. */
export const entities = [DepartmentEntity, RoleEntity, UserEntity, SessionEntity];
