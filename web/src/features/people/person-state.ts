import type { PersonRowFragment, UserStatus } from "@onrecord/schema/generated";

/** Whether an account can be used, is suspended, or is over: what the API's filter goes by. */
export function statusOf({ active, expiresAt }: Pick<PersonRowFragment, "active" | "expiresAt">): UserStatus {
  if (active === false) return "SUSPENDED";
  return expiresAt !== null && Date.parse(expiresAt) <= Date.now() ? "ENDED" : "ACTIVE";
}
