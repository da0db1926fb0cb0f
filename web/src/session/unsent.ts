/** What this page holds that has not reached the server. */
export interface Unsent {
  /** How many changes. */
  readonly count: () => number;
  /** The words of the whole document, to carry to safety. */
  readonly text: () => Promise<string>;
}
