/** What is told of sessions. */
export interface SessionEvents {
  "session.started": { kind: "BROWSER" | "TOKEN" };
  /**
   * `other-session`: sent from a page of another session than the one that its credential proves. `too-large`: a sign-in that
   * nobody read to its end. `too-many`: an attempt that was not looked at. With a `count`, the entry stands for so many refusals behind an
   * earlier one, and its origin tells what they share.
   */
  "session.refused": {
    reason: "credentials" | "inactive" | "expired" | "token" | "other-session" | "too-large" | "too-many";
    count?: number;
  };
  "session.ended": { cause: "sign-out" | "revoked" };
}
