import { connect, createServer, type Socket } from "node:net";

/** A line to a server that can be cut: a browser that comes this way loses its network without knowing it. */
export class Line implements AsyncDisposable {
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  readonly #server;
  #up = true;
  #port = 0;

  private constructor(target: number) {
    this.#server = createServer((near) => {
      if (!this.#up) return void near.destroy();
      const far = connect(target, "127.0.0.1");
      const pair = [near, far] as const;
      this.#pairs.add(pair);
      for (const [one, other] of [pair, [far, near] as const]) {
        one.pipe(other);
        one.on("error", () => other.destroy());
        one.on("close", () => {
          this.#pairs.delete(pair);
          other.destroy();
        });
      }
    });
  }

  /** A line to this port of the own machine, on a port of its own. */
  static async to(port: number): Promise<Line> {
    const line = new Line(port);
    await new Promise<void>((resolve) => line.#server.listen(0, "127.0.0.1", resolve));
    const address = line.#server.address();
    if (typeof address !== "object" || address === null) throw new Error("the line has no port");
    line.#port = address.port;
    return line;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Breaks what is open; new connections go through. */
  cut(): void {
    for (const sockets of this.#pairs) for (const socket of sockets) socket.destroy();
  }

  /** Breaks what is open and lets nothing through until `mend`. */
  down(): void {
    this.#up = false;
    this.cut();
  }

  mend(): void {
    this.#up = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.down();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
