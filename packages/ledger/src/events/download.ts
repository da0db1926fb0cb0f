/** Why a download link was not followed. */
export type LinkRefusal =
  /** Never made, or so long ago that nothing is known of it any more. */
  | "link-unknown"
  | "link-used"
  | "link-expired"
  /** Whoever brought it is not signed in. */
  | "link-without-session"
  /** Whoever brought it is signed in, and it is another session's. */
  | "link-of-other-session";

/** What is told of download links. What was downloaded, and what the rights forbid, is told of the document. */
export interface DownloadEvents {
  /** `issuedTo`: whose link it is, where there is such a link. */
  "download.refused": { reason: LinkRefusal; issuedTo: string | null; count?: number };
  /** Its time ran out before anybody followed it; the actor is whose it was. */
  "download.lapsed": { format: string; version: number };
}
