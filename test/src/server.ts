import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "@onrecord/core/testing/free-port";

const main = fileURLToPath(new URL("../../cli/dist/main.js", import.meta.url));

/** The product as a process of its own, on a data directory that outlives it. */
export class Server implements AsyncDisposable {
  #child: ChildProcess | undefined;
  #said = "";

  private constructor(
    readonly dataDir: string,
    readonly port: number,
    private readonly env: Readonly<Record<string, string>>,
    private readonly nodeArgs: readonly string[],
  ) {}

  /** A server with a fresh data directory and a port that stays its own across restarts; not started yet. */
  static async create(
    env: Readonly<Record<string, string>> = {},
    nodeArgs: readonly string[] = [],
  ): Promise<Server> {
    const dataDir = await mkdtemp(join(tmpdir(), "onrecord-e2e-"));
    await chmod(dataDir, 0o755);
    return new Server(dataDir, await freePort(), env, nodeArgs);
  }

  /** The process; undefined before the first start. */
  get process(): ChildProcess | undefined {
    return this.#child;
  }

  /** What it has written to its log since it was started last. */
  get said(): string {
    return this.#said;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts it and waits for its line. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [...this.nodeArgs, main, "start"], {
      env: {
        ...process.env,
        NODE_ENV: "",
        ONRECORD_DATA: this.dataDir,
        PORT: String(this.port),
        ...this.env,
      },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.#child = child;
    this.#said = "";
    child.stderr?.on("data", (chunk) => {
      this.#said += String(chunk);
    });
    await new Promise<void>((resolve, reject) => {
      child.stdout?.on("data", (chunk) => {
        if (String(chunk).includes(`Onrecord is ready at ${this.url}`)) resolve();
      });
      child.once("exit", (code) => reject(new Error(`the server ended with ${code}: ${this.#said}`)));
    });
  }

  /** Sends a signal and waits for the end; the exit code, or null after SIGKILL. */
  async stop(signal: "SIGTERM" | "SIGKILL"): Promise<number | null> {
    const child = this.#child;
    if (!child || child.exitCode !== null) return child?.exitCode ?? null;
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    child.kill(signal);
    return ended;
  }

  /** A session token of one of the demo firm's people. */
  async signIn(person: string): Promise<string> {
    const answer = await this.ask<{ signIn: { token: string } }>(
      "mutation ($input: SignInInput!) { signIn(input: $input) { token } }",
      {
        input: { email: `${person}@demo.onrecord.test`, password: "onrecord-demo" },
      },
    );
    return answer.signIn.token;
  }

  /** Asks the API; throws what it answers with errors. */
  async ask<Data>(query: string, variables: Record<string, unknown> = {}, token?: string): Promise<Data> {
    const response = await fetch(`${this.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as { data: Data; errors?: readonly unknown[] };
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  }

  /** A new empty text in Project Harbour. */
  createText(token: string, title: string): Promise<string> {
    return this.createDocument(token, title, "TEXT");
  }

  /** A new empty document in Project Harbour. */
  async createDocument(token: string, title: string, kind: "TEXT" | "FILING"): Promise<string> {
    const { folders } = await this.ask<{ folders: { edges: { node: { id: string; name: string } }[] } }>(
      "{ folders { edges { node { id name } } } }",
      {},
      token,
    );
    const folderId = folders.edges.find(({ node }) => node.name === "Project Harbour")?.node.id;
    const { createDocument } = await this.ask<{ createDocument: { id: string } }>(
      "mutation ($input: CreateDocumentInput!) { createDocument(input: $input) { id } }",
      { input: { folderId, title, kind } },
      token,
    );
    return createDocument.id;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if ((await this.stop("SIGTERM")) === null) {
      // It was killed: its Postgres is still there, and only another start knows how to end it.
      await this.start();
      await this.stop("SIGTERM");
    }
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
