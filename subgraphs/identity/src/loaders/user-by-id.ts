import { isId } from "@onrecord/core/ids";
import { inOrder, perRequest } from "@onrecord/subgraph/loader";
import type { IdentityContext } from "../context.js";
import { type User, UserEntity } from "../entities/user.js";

/** Users by their ids, in one statement per execution step. */
export const userById = perRequest<string, User | null, IdentityContext>(async (ids, { em }) => {
  const users = await em.find(UserEntity, { id: { $in: ids.filter(isId) } });
  return inOrder<string, User>(ids, users, ({ id }) => id);
});
