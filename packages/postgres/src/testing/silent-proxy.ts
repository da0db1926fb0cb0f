import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** To the server, or from it. */
export type Direction = "up" | "down";

/** One connection through the proxy. */
export interface ProxiedLine {
  /** What it called itself when it connected (`application_name`). */
  readonly name: string;
  /** From now on what goes in these directions is swallowed, and nobody is told. */
  mute(...directions: Direction[]): void;
  /** What was swallowed on its way to the server comes there after all. */
  deliver(): void;
}

/** A network between a node and its Postgres that can fall silent: it swallows bytes and resets nothing. */
export class SilentProxy implements AsyncDisposable {
  readonly #lines = new Set<Line>();
  readonly #server: Server;
  /** New connections are taken, and silent. */
  #deaf = false;
  /** Sees every piece before it is passed on. */
  watch: (line: ProxiedLine, direction: Direction, piece: Buffer) => void = () => undefined;

  private constructor(private readonly target: { host: string; port: number }) {
    this.#server = createServer((socket) => this.#open(socket));
  }

  /** Opens one before the Postgres of a connection string. */
  static async before(url: string): Promise<SilentProxy> {
    const { hostname, port } = new URL(url);
    const proxy = new SilentProxy({ host: hostname, port: Number(port) });
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  /** The same connection string by way of the proxy. */
  through(url: string): string {
    const at = new URL(url);
    at.host = `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return at.href;
  }

  /** All that is connected falls silent for ever, in these directions; new connections too, until `heal`. */
  silence(...directions: Direction[]): void {
    this.#deaf = true;
    for (const line of this.#lines) line.mute(...directions);
  }

  /** All that is connected falls silent for ever, in these directions; new connections work. */
  mute(...directions: Direction[]): void {
    for (const line of this.#lines) line.mute(...directions);
  }

  /** New connections work again. */
  heal(): void {
    this.#deaf = false;
  }

  #open(near: Socket): void {
    const far = connect(this.target);
    const line = new Line(near, far, (direction, piece) => this.watch(line, direction, piece));
    if (this.#deaf) line.mute("up", "down");
    this.#lines.add(line);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const line of this.#lines) line.end();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

class Line implements ProxiedLine {
  name = "";
  readonly #muted = new Set<Direction>();
  readonly #swallowed: Buffer[] = [];

  constructor(
    private readonly near: Socket,
    private readonly far: Socket,
    watch: (direction: Direction, piece: Buffer) => void,
  ) {
    near.on("data", (piece) => {
      this.name ||= /application_name\0([^\0]*)/.exec(piece.toString("latin1"))?.[1] ?? "";
      watch("up", piece);
      if (!this.#muted.has("up")) far.write(piece);
      else this.#swallowed.push(piece);
    });
    far.on("data", (piece) => {
      watch("down", piece);
      if (!this.#muted.has("down")) near.write(piece);
    });
    // A silent line does not even tell that its other end is gone.
    near.on("error", () => undefined).on("close", () => this.#muted.has("up") || far.end());
    far.on("error", () => undefined).on("close", () => this.#muted.has("down") || near.end());
  }

  mute(...directions: Direction[]): void {
    for (const direction of directions) this.#muted.add(direction);
  }

  deliver(): void {
    for (const piece of this.#swallowed.splice(0)) this.far.write(piece);
  }

  end(): void {
    this.near.destroy();
    this.far.destroy();
  }
}
