import { resourceActions } from "@onrecord/policy/levels";
import type { PermissionsContext } from "../context.js";
import { accessListed } from "../loaders/access-listed.js";
import { decisionsOn } from "../loaders/decisions-on.js";
import { grantsAbove } from "../loaders/grants-above.js";
import { presentGrant } from "../present.js";
import type { Resource } from "../resource.js";
import type { Permission } from "../types/enums.js";
import type { GrantType } from "../types/grant-type.js";

/** What the caller may do with a resource; nothing where they may not know of it. */
export async function permissionsOn(context: PermissionsContext, id: string): Promise<Permission[]> {
  const decided = await decisionsOn(context).load(id);
  if (decided === null) return [];
  return resourceActions
    .filter((action) => decided[action].allow)
    .map((action) => action.toUpperCase() as Uppercase<typeof action>);
}

/** Who may reach a resource and how, for those who may manage it. That they read it is on the record. */
export async function grantsOn(context: PermissionsContext, resource: Resource): Promise<GrantType[]> {
  const decided = await decisionsOn(context).load(resource.id);
  // A refusal goes the long way, which puts it on the record.
  if (!decided?.manage.allow) await context.guard.authorize(context.caller, "manage", resource);
  await accessListed(context).load(resource);
  return (await grantsAbove(context).load(resource.id)).map(presentGrant);
}
