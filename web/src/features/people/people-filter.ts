import type { UserFilter, UserStatus } from "@onrecord/schema/generated";

/** Who is looked for, as the address of the page keeps it: empty for anybody. */
export interface PeopleFilter {
  readonly text: string;
  readonly status: UserStatus | null;
  readonly department: string | null;
  readonly role: string | null;
}

const statuses: readonly UserStatus[] = ["ACTIVE", "SUSPENDED", "ENDED"];

/** The filter in an address. */
export function filterIn(search: URLSearchParams): PeopleFilter {
  const status = search.get("status");
  return {
    text: search.get("text") ?? "",
    status: statuses.find((one) => one === status) ?? null,
    department: search.get("department"),
    role: search.get("role"),
  };
}

/** The address of a filter. */
export function searchOf(filter: PeopleFilter): URLSearchParams {
  const entries = Object.entries(filter).filter(([, value]) => value !== null && value !== "");
  return new URLSearchParams(entries as [string, string][]);
}

/** Whether anybody matches. */
export function isOpen({ text, status, department, role }: PeopleFilter): boolean {
  return text === "" && status === null && department === null && role === null;
}

/** What the API is asked. */
export function questionOf({ text, status, department, role }: PeopleFilter): UserFilter {
  return {
    ...(text === "" ? {} : { text }),
    ...(status === null ? {} : { statuses: [status] }),
    ...(department === null ? {} : { departmentId: department }),
    ...(role === null ? {} : { roleId: role }),
  };
}
