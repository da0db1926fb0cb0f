/** A campaign that finds this many faults has found enough. */
const ENOUGH = 20;

/** Collects broken promises; the same one is told once. */
export class Faults {
  readonly #sentences = new Set<string>();

  constructor(private readonly onFault: (sentence: string) => void) {}

  add(sentence: string): void {
    if (this.enough || this.#sentences.has(sentence)) return;
    this.#sentences.add(sentence);
    this.onFault(sentence);
  }

  /** Adds the sentence if something that must hold does not. */
  unless(holds: boolean, sentence: string): void {
    if (!holds) this.add(sentence);
  }

  get all(): readonly string[] {
    return [...this.#sentences];
  }

  get enough(): boolean {
    return this.#sentences.size >= ENOUGH;
  }
}
