import { within } from "@onrecord/core/within";

/** For so long what was found is told again, in milliseconds: however many ask, little is looked at. */
const FRESH_MS = 2000;
/** How long a check may take before it counts as failed, in milliseconds. */
const PATIENCE_MS = 3000;

/** Rejects with what is wrong. */
export type Check = () => Promise<void>;

/** What was found: each check with "ok" or what is wrong, and whether all that counts is well. */
export interface Found {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, string>>;
}

/** Whether this process can do its work. A check that hangs is not begun again before it ends, and nobody waits for it for long. */
export class Readiness {
  readonly #checks = new Map<string, Check>();
  readonly #running = new Map<string, Promise<string>>();
  #looking: Promise<Found> | undefined;
  #found: { readonly at: number; readonly found: Found } | undefined;

  /** `told`: what is said besides, and does not count. */
  constructor(private readonly told: () => Readonly<Record<string, string>>) {}

  add(name: string, check: Check): void {
    this.#checks.set(name, check);
  }

  async find(): Promise<Found> {
    const last = this.#found;
    if (last && performance.now() - last.at < FRESH_MS) return last.found;
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(): Promise<Found> {
    const names = [...this.#checks.keys()];
    const states = await Promise.all(names.map((name) => this.#state(name)));
    const checks = Object.fromEntries(names.map((name, index) => [name, states[index]!]));
    const found = { ready: states.every((state) => state === "ok"), checks: { ...checks, ...this.told() } };
    this.#found = { at: performance.now(), found };
    return found;
  }

  async #state(name: string): Promise<string> {
    const running = this.#running.get(name) ?? this.#run(name, this.#checks.get(name)!);
    return (await within(PATIENCE_MS, running)) ? running : "does not answer";
  }

  #run(name: string, check: Check): Promise<string> {
    const running = check().then(
      () => "ok",
      (error: Error) => sentenceOf(error),
    );
    this.#running.set(name, running);
    void running.then(() => this.#running.delete(name));
    return running;
  }
}

/** Anybody may ask, so nothing is told but what an operator needs to know where to look. */
function sentenceOf(error: Error & { code?: unknown }): string {
  if (error.code === "53100") return "the disk of the database is full";
  return error.message || String(error.code);
}
