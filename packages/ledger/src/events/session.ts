/** What is told of sessions. */
export interface SessionEvents {
  "session.started": { kind: "BROWSER" | "TOKEN" };
  /**
   * `other-session`: sent from a page of another session than the one that its credential proves. `too-large`: a sign-in that
   * nobody read to its end. `cross-site`: with a cookie that another site's page made a browser send. `missing`: without any credential.
   * `envelope`: sent to a subgraph that is served alone, and not signed by a gateway.
   * `door` is the path, up to its first part.
   */
  "session.refused": {
    reason:
      | "credentials"
      | "inactive"
      | "expired"
      | "token"
      | "other-session"
      | "too-large"
      | "cross-site"
      | "envelope"
      | "missing";
    door?: "/graphql" | "/auth" | "/collab";
  };
  "session.ended": { cause: "sign-out" | "revoked" };
}
