import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Server } from "../../server.js";

const tellMemory = fileURLToPath(new URL("tell-memory.mjs", import.meta.url));

/** What a process holds, in bytes, after a collection. */
export interface Memory {
  readonly heapUsed: number;
  readonly external: number;
  readonly rss: number;
}

/** The product as a process that can be asked for its memory, and is noticed when it dies. */
export class MeasuredServer implements AsyncDisposable {
  #death: string | undefined;

  private constructor(private readonly server: Server) {}

  static async start(env: Readonly<Record<string, string>>): Promise<MeasuredServer> {
    const server = await Server.create(env, ["--expose-gc", "--import", tellMemory]);
    await server.start();
    const measured = new MeasuredServer(server);
    server.process?.once("exit", (code, signal) => {
      measured.#death = `the server ended by itself with ${code ?? signal}`;
    });
    return measured;
  }

  /** Where rooms are. */
  get rooms(): string {
    return `${this.server.url.replace("http", "ws")}/collab`;
  }

  /** How it died; undefined while it lives. */
  get death(): string | undefined {
    return this.#death;
  }

  async memory(): Promise<Memory> {
    const { process } = this.server;
    if (!process?.connected) throw new Error("the server is gone");
    process.send("memory");
    const [memory] = (await once(process, "message", { signal: AbortSignal.timeout(60_000) })) as [Memory];
    return memory;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }
}
