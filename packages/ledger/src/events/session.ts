/** What is told of sessions. */
export interface SessionEvents {
  "session.started": { kind: "BROWSER" | "TOKEN" };
  /**
   * `other-session`: sent from a page of another session than the one that its credential proves. `too-large`: a sign-in that
   * nobody read to its end.
   */
  "session.refused": {
    reason: "credentials" | "inactive" | "expired" | "token" | "other-session" | "too-large";
  };
  "session.ended": { cause: "sign-out" | "revoked" };
}
