/** A part of the process with a life of its own: made, started, and ended by whoever composes the process. */
export interface Service extends AsyncDisposable {
  readonly name: string;
  start(): Promise<void>;
  /** Rejects with what is wrong while it cannot do its work; asked now and then, for `/readyz`. */
  check?(): Promise<void>;
  /** Stops taking new work and finishes what is under way; called before disposal. */
  drain(): Promise<void>;
}
