import { type ChildProcess, fork } from "node:child_process";
import { programOf } from "../compile.js";
import { Failure } from "../failure.js";

/** Where one writer types. */
export interface Seat {
  readonly url: string;
  readonly documentId: string;
  readonly token: string;
}

/** What the process of the writers is asked. Times are those of `clock`. */
export type Ask =
  | { readonly kind: "type"; readonly seats: readonly Seat[] }
  | { readonly kind: "between"; readonly from: number; readonly to: number };

/** Milliseconds from sending a keystroke to its acknowledgement, of those sent in a span. */
export interface Latency {
  readonly worst: number;
  readonly median: number;
  readonly count: number;
}

export type Answer =
  | { readonly kind: "typing" }
  | ({ readonly kind: "between" } & Latency)
  | { readonly kind: "lost"; readonly why: string };

/** People who type steadily all the time, in a process of their own: what happens to other sockets must not delay their clock. */
export class Writers implements Disposable {
  readonly #child: ChildProcess;
  readonly #lost = Promise.withResolvers<never>();
  #waiting: ((answer: Answer) => void) | undefined;

  private constructor() {
    this.#lost.promise.catch(() => undefined);
    this.#child = fork(programOf("permissions/writers-main"), { execArgv: ["--max-semi-space-size=64"] });
    this.#child.on("message", (message) => {
      const answer = message as Answer;
      if (answer.kind === "lost") this.#lost.reject(new Failure(`a writer: ${answer.why}`));
      else this.#waiting?.(answer);
    });
    this.#child.on("exit", () => this.#lost.reject(new Failure("the writers' process ended")));
  }

  static async start(seats: readonly Seat[]): Promise<Writers> {
    const writers = new Writers();
    await writers.#ask({ kind: "type", seats });
    return writers;
  }

  /** How long keystrokes took that were sent in a span of time. */
  async between(from: number, to: number): Promise<Latency> {
    const answer = await this.#ask({ kind: "between", from, to });
    if (answer.kind !== "between" || answer.count === 0) throw new Failure("nobody typed");
    return answer;
  }

  #ask(ask: Ask): Promise<Answer> {
    const answered = new Promise<Answer>((resolve) => {
      this.#waiting = resolve;
    });
    this.#child.send(ask);
    return Promise.race([answered, this.#lost.promise]);
  }

  [Symbol.dispose](): void {
    this.#child.kill();
  }
}
