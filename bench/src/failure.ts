/** Why a run has no number, as a sentence. */
export class Failure extends Error {
  override readonly name = "Failure";
}

/** The sentence of whatever was thrown. */
export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
