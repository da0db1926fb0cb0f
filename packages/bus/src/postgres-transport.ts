import type { Logger } from "@onrecord/core/log";
import type { Database } from "@onrecord/postgres/database";
import type { Client } from "pg";
import type { BusTransport, Envelope } from "./bus.js";

const CHANNEL = "onrecord";
/** Postgres refuses a payload of 8000 bytes or more. */
const MAX_PAYLOAD = 7900;

/** Carries hints by LISTEN/NOTIFY over one connection of its own, reconnecting with back-off. */
export class PostgresTransport implements BusTransport {
  #client: Client | undefined;
  #closed = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(
    private readonly db: Database,
    private readonly log: Logger,
  ) {}

  async start(receive: (envelope: Envelope) => void, onGap: () => void): Promise<void> {
    let attempt = 0;
    const connect = async (): Promise<void> => {
      const client = this.db.dedicated("onrecord bus", { bounded: true });
      client.on("notification", ({ payload }) => {
        // Any login of the database may NOTIFY, so what arrives may be anything.
        try {
          for (const envelope of JSON.parse(payload ?? "[]") as Envelope[]) receive(envelope);
        } catch (err) {
          this.log.warn({ err }, "the bus received a faulty message");
        }
      });
      const lost = (err?: Error) => {
        if (this.#client === client || this.#client === undefined) reconnect(err);
      };
      client.on("error", lost);
      client.on("end", () => lost());
      try {
        await client.connect();
        await client.query(`listen ${CHANNEL}`);
        // A NOTIFY is a transaction. Hints may be lost, so none of them waits for the disk, nor keeps it from those that must.
        await client.query("set synchronous_commit = off");
      } catch (err) {
        client.giveUp();
        throw err;
      }
      if (this.#closed) return client.end();
      this.#client = client;
      attempt = 0;
    };
    const reconnect = (err?: Error): void => {
      this.#client = undefined;
      if (this.#closed || this.#retry) return;
      this.log.warn(
        { reason: err?.message, attempt },
        "the bus lost its database connection and will reconnect",
      );
      this.#retry = setTimeout(
        () => {
          this.#retry = undefined;
          attempt++;
          connect().then(onGap, reconnect);
        },
        Math.min(2 ** attempt * 100, 5000),
      );
    };
    await connect();
  }

  async send(envelopes: readonly Envelope[]): Promise<void> {
    for (const payload of pack(envelopes))
      await this.#client?.query("select pg_notify($1, $2)", [CHANNEL, payload]);
  }

  ready(): boolean {
    return this.#client !== undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => undefined);
  }
}

/** Packs envelopes into as few payloads as fit; one that does not fit alone is dropped, since every hint may be lost. */
export function pack(envelopes: readonly Envelope[], maxPayload = MAX_PAYLOAD): string[] {
  const payloads: string[] = [];
  let parts: string[] = [];
  let size = 2;
  const close = () => {
    if (parts.length > 0) payloads.push(`[${parts.join(",")}]`);
    parts = [];
    size = 2;
  };
  for (const envelope of envelopes) {
    const part = JSON.stringify(envelope);
    const bytes = Buffer.byteLength(part) + 1;
    if (bytes + 2 > maxPayload) continue;
    if (size + bytes > maxPayload) close();
    parts.push(part);
    size += bytes;
  }
  close();
  return payloads;
}
