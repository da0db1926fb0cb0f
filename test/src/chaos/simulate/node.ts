import { Collab } from "@onrecord/collab/collab";
import { Door } from "@onrecord/platform/door";
import type { TestContext } from "@onrecord/testing/database";

/** A collaboration node on the common database. */
export class Node {
  #gone: Promise<void> | undefined;

  private constructor(
    readonly rooms: string,
    private readonly collab: Collab,
    private readonly end: () => Promise<void>,
  ) {}

  static async start(database: TestContext): Promise<Node> {
    const context = await database.another();
    const door = new Door(context.log);
    const collab = new Collab(context);
    collab.hang(door);
    await collab.start();
    const url = await door.listen(0, "127.0.0.1");
    return new Node(`${url.replace("http", "ws")}/collab`, collab, async () => {
      await collab[Symbol.asyncDispose]();
      await door[Symbol.asyncDispose]();
    });
  }

  /** Cuts every socket at once, whatever is on its way. What is left of it in this process is cleared away behind it. */
  die(): Promise<void> {
    for (const { socket } of this.collab.permits.connections) socket.terminate();
    this.#gone ??= this.end();
    return this.#gone;
  }
}
