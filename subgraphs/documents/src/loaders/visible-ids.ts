import { isId } from "@onrecord/core/ids";
import { perRequest } from "@onrecord/subgraph/loader";
import type { DocumentsContext } from "../context.js";

/** Whether the caller may view a resource, decided for a whole batch at once. Says no without a word: this is no attempt to open it. */
export const mayView = perRequest(async (ids: readonly string[], { caller, decisions }: DocumentsContext) => {
  const { principal } = caller;
  if (principal === null) return ids.map(() => false);
  const decided = await decisions.decideEach(principal, ["view"], ids.filter(isId));
  return ids.map((id) => decided.get(id)?.view.allow ?? false);
});
