import { Collab } from "@onrecord/collab/collab";
import { HttpServer } from "@onrecord/http/http-server";
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
    const http = new HttpServer(context.log);
    const collab = new Collab(context);
    collab.mount(http);
    await collab.start();
    const url = await http.listen(0, "127.0.0.1");
    return new Node(`${url.replace("http", "ws")}/collab`, collab, async () => {
      await collab[Symbol.asyncDispose]();
      await http[Symbol.asyncDispose]();
    });
  }

  /** Cuts every socket at once, whatever is on its way. What is left of it in this process is cleared away behind it. */
  die(): Promise<void> {
    for (const { socket } of this.collab.rights.connections) socket.terminate();
    this.#gone ??= this.end();
    return this.#gone;
  }
}
