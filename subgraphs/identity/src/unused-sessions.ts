import type { AppContext } from "@onrecord/context/context";
import { newId } from "@onrecord/core/ids";
import { bySystem } from "@onrecord/ledger/ledger";
import { concludeChange } from "@onrecord/policy/change";

/** How often sessions are looked for that nobody used, in milliseconds. What is open on one closes by itself when its time is over. */
const EVERY_MS = 5000;
/** Sessions that are ended in one transaction. */
const TOGETHER = 100;

/** Ends sessions that lay unused, and puts that on the record. Every node with this service does so; each session is ended once. */
export class UnusedSessions implements AsyncDisposable {
  #timer: NodeJS.Timeout | undefined;
  #ending: Promise<void> | undefined;

  constructor(private readonly context: Pick<AppContext, "bus" | "db" | "ledger" | "log">) {}

  start(): void {
    this.#timer = setInterval(() => {
      this.#ending ??= this.endAll()
        .catch((err: unknown) => this.context.log.warn({ err }, "unused sessions could not be ended"))
        .finally(() => {
          this.#ending = undefined;
        });
    }, EVERY_MS).unref();
  }

  /** Ends all that are due. */
  async endAll(): Promise<void> {
    // Mostly there are none, and a quiet server begins no transaction to find that out.
    const due = await this.context.db.query(
      "select from identity.session where ended_at is null and idle_at <= clock_timestamp() limit 1",
    );
    if (due.length > 0) while ((await this.#endSome()) === TOGETHER);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#ending;
  }

  #endSome(): Promise<number> {
    const { bus, ledger } = this.context;
    const by = bySystem(newId());
    return ledger.transaction(by, async (tx) => {
      const ended = await tx.query<{ id: string; cause: "idle" | "expired" }>(
        "select session_id as id, cause from identity.end_unused_sessions($1)",
        [TOGETHER],
      );
      for (const { id, cause } of ended)
        await ledger.append(tx, {
          action: "session.ended",
          by: { ...by, sessionId: id },
          object: { kind: "SESSION", id },
          detail: { cause },
        });
      if (ended.length > 0) await concludeChange(tx, bus);
      return ended.length;
    });
  }
}
