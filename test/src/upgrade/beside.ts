import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Api } from "@onrecord/cli/client/api";
import { Command, type Ended } from "@onrecord/cli/testing/command";
import { type FreshDatabase, freshDatabase } from "@onrecord/postgres/testing/fresh-database";

/** A node of either release, as people reach it. */
export interface ReleaseNode extends AsyncDisposable {
  readonly url: string;
  /** The API for one of the demo firm's people, in a session that this node gave them. */
  as(person: string): Promise<Session>;
  /** The API for whoever has a session token. */
  api(token: string): Api;
  /** The status with which it says whether it is ready. */
  ready(): Promise<number>;
}

/** Somebody's session, which every node takes. */
export interface Session {
  readonly token: string;
  readonly api: Api;
}

/** A session that a node gives one of the demo firm's people. */
export async function signInAt(url: string, person: string): Promise<Session> {
  const input = { email: `${person}@demo.onrecord.test`, password: "onrecord-demo" };
  const { signIn } = await new Api(url, undefined).ask<{ signIn: { token: string } }>(
    "mutation ($input: SignInInput!) { signIn(input: $input) { token } }",
    { input },
  );
  return { token: signIn.token, api: new Api(url, signIn.token) };
}

/** One database for nodes of two releases: as operators have it, whose machines share keys and the service secret. */
export class SharedDatabase implements AsyncDisposable {
  readonly #dirs: string[] = [];

  private constructor(
    readonly urls: FreshDatabase,
    private readonly previous: string,
  ) {}

  /** An empty one. `previous` is the program of the previous release. */
  static async create(previous: string): Promise<SharedDatabase> {
    return new SharedDatabase(await freshDatabase({ migrated: false }), previous);
  }

  /** Starts a node; the first makes the keys. */
  async start(release: "previous" | "new"): Promise<ReleaseNode> {
    const command = this.#run(["start"], release, await this.#dataDir());
    const url = await command.ready();
    return {
      url,
      as: (person) => signInAt(url, person),
      api: (token) => new Api(url, token),
      ready: async () => (await fetch(`${url}/readyz`)).status,
      [Symbol.asyncDispose]: () => command[Symbol.asyncDispose](),
    };
  }

  /** `onrecord migrate` of this build. */
  async migrate(): Promise<Command> {
    return this.#run(["migrate"], "new", await this.#dataDir());
  }

  /** A command of this build that is waited for. */
  async run(...args: string[]): Promise<Ended> {
    return this.#run(args, "new", await this.#dataDir()).ended;
  }

  #run(args: readonly string[], release: "previous" | "new", dataDir: string): Command {
    const env = {
      DATABASE_URL: this.urls.appUrl,
      DATABASE_ADMIN_URL: this.urls.adminUrl,
      ONRECORD_DATA: dataDir,
      ONRECORD_SERVICE_SECRET: "a secret that all nodes of these tests share",
    };
    return release === "new" ? Command.run(args, env) : Command.run(args, env, this.previous);
  }

  /** A machine's own directory, with the keys of the first. */
  async #dataDir(): Promise<string> {
    const dir = await mkdtemp(join(tmpdir(), "onrecord-upgrade-"));
    const first = this.#dirs[0];
    if (first) await copyFile(join(first, "keys.json"), join(dir, "keys.json"));
    this.#dirs.push(dir);
    return dir;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.urls[Symbol.asyncDispose]();
    for (const dir of this.#dirs) await rm(dir, { recursive: true, force: true });
  }
}
