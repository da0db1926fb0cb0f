import type { CreateUserInput, PersonRowFragment, UpdateUserInput } from "@onrecord/schema/generated";
import { endOfDay, lastDayOf } from "./last-day.js";

/** An account as a form has it. */
export interface PersonDraft {
  readonly email: string;
  readonly name: string;
  readonly title: string;
  readonly departmentId: string | null;
  readonly roleIds: readonly string[];
  /** The last day, `2027-03-01`; empty: none. */
  readonly until: string;
}

/** What the form begins with; null: somebody new. */
export function draftOf(person: PersonRowFragment | null): PersonDraft {
  return {
    email: person?.email ?? "",
    name: person?.name ?? "",
    title: person?.title ?? "",
    departmentId: person?.department?.id ?? null,
    roleIds: person?.roles?.map(({ id }) => id) ?? [],
    until: lastDayOf(person?.expiresAt ?? null),
  };
}

/** The input that makes somebody. */
export function creation(draft: PersonDraft): CreateUserInput {
  const expiresAt = endOfDay(draft.until);
  return {
    email: draft.email.trim(),
    name: draft.name,
    ...(draft.title.trim() === "" ? {} : { title: draft.title }),
    ...(draft.departmentId === null ? {} : { departmentId: draft.departmentId }),
    ...(draft.roleIds.length === 0 ? {} : { roleIds: [...draft.roleIds] }),
    ...(expiresAt ? { expiresAt } : {}),
  };
}

/** The input that makes somebody what the form says: only what differs, so that an end keeps its minute where the day stays. Null: nothing does. */
export function changeTo(person: PersonRowFragment, draft: PersonDraft): UpdateUserInput | null {
  const before = draftOf(person);
  const addRoleIds = draft.roleIds.filter((id) => !before.roleIds.includes(id));
  const removeRoleIds = before.roleIds.filter((id) => !draft.roleIds.includes(id));
  const input = {
    ...(draft.email.trim() === before.email ? {} : { email: draft.email.trim() }),
    ...(draft.name.trim() === before.name ? {} : { name: draft.name }),
    ...(draft.title.trim() === before.title ? {} : { title: draft.title.trim() === "" ? null : draft.title }),
    ...(draft.departmentId === before.departmentId ? {} : { departmentId: draft.departmentId }),
    ...(addRoleIds.length === 0 ? {} : { addRoleIds }),
    ...(removeRoleIds.length === 0 ? {} : { removeRoleIds }),
    ...(draft.until === before.until ? {} : { expiresAt: endOfDay(draft.until) ?? null }),
  };
  if (Object.keys(input).length === 0) return null;
  return { userId: person.id, revision: person.revision, ...input };
}
