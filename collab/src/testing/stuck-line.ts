import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** A line to a server that can get stuck: what the server sends is then no longer taken from it, while the client may still send. */
export class StuckLine implements AsyncDisposable {
  /** Each connection to the server, with the client's that belongs to it. */
  readonly #clients = new Map<Socket, Socket>();

  private constructor(
    private readonly server: Server,
    /** Where to connect instead of the server. */
    readonly url: string,
  ) {}

  static async to(url: string): Promise<StuckLine> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const line = new StuckLine(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on("connection", (client) => line.#join(client, connect(Number(new URL(url).port), "127.0.0.1")));
    return line;
  }

  #join(client: Socket, upstream: Socket): void {
    this.#clients.set(upstream, client);
    client.pipe(upstream);
    upstream.pipe(client);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on("error", () => other.destroy());
      one.once("close", () => other.destroy());
    }
    upstream.once("close", () => this.#clients.delete(upstream));
  }

  stick(): void {
    for (const upstream of this.#clients.keys()) upstream.unpipe().pause();
  }

  /** What was held back is delivered, the end of the connection with it. */
  free(): void {
    for (const [upstream, client] of this.#clients) upstream.pipe(client);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const upstream of this.#clients.keys()) upstream.destroy();
    this.server.close();
    await once(this.server, "close");
  }
}
