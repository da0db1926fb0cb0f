/** A part of the process with a life of its own: made, started, and ended by whoever composes the process. */
export interface Service extends AsyncDisposable {
  readonly name: string;
  start(): Promise<void>;
  /** Stops taking new work and finishes what is under way; called before disposal. */
  drain(): Promise<void>;
}
