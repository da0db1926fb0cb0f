/** Levels of access, from least to most; a level includes those before it. Stored as 1 to 5; 0 is none. */
export const accessLevels = ["VIEW", "DOWNLOAD", "COMMENT", "EDIT", "MANAGE"] as const;
export type AccessLevel = (typeof accessLevels)[number];

export function levelNumber(level: AccessLevel): number {
  return accessLevels.indexOf(level) + 1;
}

/** The name of a stored level; undefined for 0. */
export function levelName(level: number): AccessLevel | undefined {
  return accessLevels[level - 1];
}

/** What one may ask to do with a folder or a document. */
export const resourceActions = ["view", "download", "comment", "edit", "manage"] as const;
export type ResourceAction = (typeof resourceActions)[number];

/** Everything that the decision point decides. */
export type Action =
  | ResourceAction
  | "shred"
  | "readTrail"
  | "readAudit"
  | "readDiscreet"
  | "createTopFolder"
  | "managePeople";

/** The root of the tree of resources. */
export const FIRM_ID = "00000000-0000-7000-8000-000000000001";
