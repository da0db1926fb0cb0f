/** What is told of sessions. */
export interface SessionEvents {
  "session.started": { kind: "BROWSER" | "TOKEN" };
  /**
   * `other-session`: sent from a page of another session than the one that its credential proves. `too-large`: a sign-in that
   * nobody read to its end. `too-many`: an attempt that was not looked at. `cross-site`: with a cookie that another site's page made a
   * browser send. `missing`: without any credential. `envelope`: sent to a subgraph that is served alone, and not signed by a gateway.
   * `door` is the path, up to its first part. With a `count`, the entry stands for so many refusals behind an earlier one, and its origin
   * tells what they share.
   */
  "session.refused": {
    reason:
      | "credentials"
      | "inactive"
      | "expired"
      | "token"
      | "other-session"
      | "too-large"
      | "too-many"
      | "cross-site"
      | "envelope"
      | "missing";
    door?: "/graphql" | "/auth" | "/collab";
    count?: number;
  };
  /**
   * `ended-by-owner`: by its person, from another session. `idle`: nobody used it. `expired`: it was over, however much it was used. The
   * last two are told by the system, in the session's name.
   */
  "session.ended": {
    cause:
      | "sign-out"
      | "revoked"
      | "ended-by-owner"
      | "password-changed"
      | "password-set"
      | "suspended"
      | "idle"
      | "expired";
  };
  /** The sessions that were ended with it have an entry each. */
  "password.changed": { endedSessions: number };
  "password.change-refused": { reason: "credentials" };
}
