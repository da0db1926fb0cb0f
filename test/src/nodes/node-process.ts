import { Command } from "@onrecord/cli/testing/command";
import { freePort } from "@onrecord/core/testing/free-port";
import type { TestContext } from "@onrecord/testing/database";

/** A collaboration server in a process of its own, which keeps its address when it is started again. */
export class NodeProcess implements AsyncDisposable {
  #command: Command;

  private constructor(
    readonly url: string,
    private readonly env: Readonly<Record<string, string>>,
  ) {
    this.#command = this.#run();
  }

  /** Starts one on the database and the keys of a context. */
  static async start(on: TestContext, env: Readonly<Record<string, string>> = {}): Promise<NodeProcess> {
    const port = await freePort();
    const node = new NodeProcess(`http://127.0.0.1:${port}`, {
      ...on.env,
      ONRECORD_DEMO: "0",
      PORT: String(port),
      ...env,
    });
    await node.#command.ready();
    return node;
  }

  #run(): Command {
    return Command.run(["start", "collab"], this.env);
  }

  /** Starts it again after its end. */
  async restart(): Promise<void> {
    this.#command = this.#run();
    await this.#command.ready();
  }

  /** Ends it; resolves with its exit code, null when it was killed. */
  async stop(signal: "SIGTERM" | "SIGKILL"): Promise<number | null> {
    return (await this.#command.stop(signal)).code;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#command[Symbol.asyncDispose]();
  }
}
