/** What is told of presence. */
export interface PresenceEvents {
  "presence.refused": { clientId: number };
  /** The document has as much presence as it may: this one is not shown. */
  "presence.crowded-out": { clientId: number };
}
