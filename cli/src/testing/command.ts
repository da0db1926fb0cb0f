import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

/** How a command ended, and what it said. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A built `onrecord` command that runs. */
export class Command implements AsyncDisposable {
  #stdout = "";
  #stderr = "";
  readonly ended: Promise<Ended>;

  private constructor(readonly child: ChildProcess) {
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.#stdout += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
    });
    this.ended = once(child, "close").then(([code]: (number | null)[]) => ({
      code: code ?? null,
      stdout: this.#stdout,
      stderr: this.#stderr,
    }));
  }

  /** What it has said on standard error so far. */
  get stderr(): string {
    return this.#stderr;
  }

  /** Starts it, or that of another build, with these variables and none of ours but the path; `stdin` is piped in. */
  static run(
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    program = main,
    stdin?: string,
  ): Command {
    if (!existsSync(program)) throw new Error("The command is not built: run `npm run build` first.");
    const { PATH = "" } = process.env;
    const flags = ["--no-warnings"];
    const child = spawn(process.execPath, [...flags, program, ...args], {
      env: { PATH, PORT: "0", ...env },
      stdio: [stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    child.stdin?.end(stdin);
    return new Command(child);
  }

  /** Resolves with the address of the line that tells it is ready. */
  async ready(): Promise<string> {
    const url = await Promise.race([this.#readyLine(), this.ended]);
    if (typeof url === "string") return url;
    throw new Error(`onrecord ended with ${url.code} instead of being ready: ${url.stderr}`);
  }

  #readyLine(): Promise<string> {
    return new Promise((resolve) => {
      const look = () => {
        const url = /^Onrecord is ready at (\S+)\n/.exec(this.#stdout)?.[1];
        if (url) resolve(url);
      };
      this.child.stdout?.on("data", look);
      look();
    });
  }

  stop(signal: NodeJS.Signals): Promise<Ended> {
    this.child.kill(signal);
    return this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) await this.stop("SIGTERM");
  }
}

/** A new data directory. As root, Postgres runs as another user, who must be able to enter. */
export async function newDataDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "onrecord-cli-"));
  await chmod(dir, 0o755);
  return dir;
}
