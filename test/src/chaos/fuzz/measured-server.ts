import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Server } from "../../server.js";

const tellUsage = fileURLToPath(new URL("tell-usage.mjs", import.meta.url));

/** What a process holds, in bytes, after a collection, and what it has used. */
export interface Usage {
  readonly heapUsed: number;
  readonly external: number;
  readonly rss: number;
  /** Milliseconds of CPU that it has used. */
  readonly cpu: number;
}

/** The product as a process that can be asked for its memory, and is noticed when it dies. */
export class MeasuredServer implements AsyncDisposable {
  #death: string | undefined;

  private constructor(private readonly server: Server) {}

  static async start(env: Readonly<Record<string, string>>): Promise<MeasuredServer> {
    const server = await Server.create(env, ["--expose-gc", "--import", tellUsage]);
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

  async usage(): Promise<Usage> {
    const { process } = this.server;
    if (!process?.connected) throw new Error("the server is gone");
    process.send("memory");
    const [memory] = (await once(process, "message", { signal: AbortSignal.timeout(60_000) })) as [Usage];
    return memory;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }
}
