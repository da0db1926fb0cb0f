import { registerEnumType } from "type-graphql";

/** What the policy lets somebody do with a folder or a document. */
export const Permission = {
  VIEW: "VIEW",
  DOWNLOAD: "DOWNLOAD",
  COMMENT: "COMMENT",
  EDIT: "EDIT",
  MANAGE: "MANAGE",
} as const;
export type Permission = keyof typeof Permission;

registerEnumType(Permission, {
  name: "Permission",
  description: "What I may do with a folder or a document.",
});

/** What a grant gives; each includes those below it. */
export const AccessLevel = {
  MANAGE: "MANAGE",
  EDIT: "EDIT",
  COMMENT: "COMMENT",
  DOWNLOAD: "DOWNLOAD",
  VIEW: "VIEW",
} as const;
export type AccessLevel = keyof typeof AccessLevel;

registerEnumType(AccessLevel, {
  name: "AccessLevel",
  description: "What a grant gives; each level includes those below it.",
});
