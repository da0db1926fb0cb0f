/** Says that a file cannot become a filing, in a sentence for the person who chose it. */
export class ImportError extends Error {
  readonly code = "BAD_USER_INPUT";

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ImportError";
  }
}
