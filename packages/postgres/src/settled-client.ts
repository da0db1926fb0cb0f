import pg from "pg";

/** What a connection is made with: pg's own names, the role that it steps down to, and whether a pooler is between us and Postgres. */
export interface SettledConfig extends pg.ClientConfig {
  readonly role?: string | undefined;
  readonly pooled?: boolean | undefined;
}

/**
 * A connection with its settings. Postgres is told them as it is opened: then they are the session's defaults, and RESET ROLE leads back to
 * the role. A pooler takes no parameters there that it does not know, and one that was told to ignore them would leave us a login that may
 * more: behind one they are made by the first statement, before anybody has the connection.
 */
export class SettledClient extends pg.Client {
  readonly #settings: ReadonlyMap<string, string>;

  constructor({ role, pooled = false, ...config }: SettledConfig = {}) {
    const { statement_timeout, lock_timeout, idle_in_transaction_session_timeout, ...others } = config;
    super(pooled ? others : { ...config, ...(role ? withRole(config.connectionString ?? "", role) : {}) });
    // Who made it is told by the promise; whoever has it listens too. In between, its loss must not end the process.
    this.on("error", () => undefined);
    const settings = { statement_timeout, lock_timeout, idle_in_transaction_session_timeout, role };
    this.#settings = new Map(
      Object.entries(pooled ? settings : {}).flatMap(([name, value]) =>
        value === undefined || value === false ? [] : [[name, String(value)]],
      ),
    );
  }

  override connect(): Promise<this>;
  override connect(callback: ((err: Error) => void) | ((err: null, c: this) => void)): void;
  override connect(callback?: (...args: never[]) => void): Promise<this> | undefined {
    const settled = super.connect().then(() => this.#settle());
    if (callback === undefined) return settled;
    const call = callback as (err: Error | null, client?: this) => void;
    settled.then(
      () => call(null, this),
      (error: Error) => call(error),
    );
    return undefined;
  }

  async #settle(): Promise<this> {
    if (this.#settings.size === 0) return this;
    try {
      await this.query(
        "select set_config(name, value, false) from unnest($1::text[], $2::text[]) s (name, value)",
        [[...this.#settings.keys()], [...this.#settings.values()]],
      );
      return this;
    } catch (error) {
      // A pool forgets a connection that could not be made, and would leave this one open.
      await this.end().catch(() => undefined);
      throw error;
    }
  }
}

/** In the URL, since options given there would win over others. */
function withRole(url: string, role: string): pg.ClientConfig {
  const at = new URL(url);
  at.searchParams.set("options", `${at.searchParams.get("options") ?? ""} -c role=${role}`.trim());
  return { connectionString: at.href };
}
