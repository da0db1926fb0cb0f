import { registerEnumType } from "type-graphql";

/** What a user is to the firm. */
export const UserKind = { EMPLOYEE: "EMPLOYEE", GUEST: "GUEST", SERVICE: "SERVICE" } as const;
export type UserKind = keyof typeof UserKind;

registerEnumType(UserKind, { name: "UserKind", description: "What a user is to the firm." });
