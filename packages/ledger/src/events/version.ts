/** What is told of versions. */
export interface VersionEvents {
  "version.restored": { version: number; bytes: number; restoredVersion: number };
  "version.named": { version: number };
}
