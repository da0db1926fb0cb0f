import { connect, type NatsConnection, type NodeConnectionOptions } from "@nats-io/transport-node";
import { AppError } from "@onrecord/core/errors";
import type { Logger } from "@onrecord/core/log";
import { within } from "@onrecord/core/within";
import type { BusTransport, Envelope } from "./bus.js";
import { pack } from "./postgres-transport.js";

/** How long saying goodbye may take, in milliseconds. */
const GOODBYE_MS = 2000;

const SUBJECT = "onrecord.hints";

/** Carries hints by NATS, for when one database's NOTIFY is outgrown. The client library reconnects by itself. */
export class NatsTransport implements BusTransport {
  #connection: NatsConnection | undefined;
  #connected = false;

  constructor(
    private readonly url: string,
    private readonly log: Logger,
  ) {}

  async start(receive: (envelope: Envelope) => void, onGap: () => void): Promise<void> {
    const connection = await connect({
      ...serverOf(this.url),
      maxReconnectAttempts: -1,
      name: "onrecord",
    }).catch((cause: Error) => {
      throw new AppError(
        "BAD_CONFIG",
        `Cannot reach NATS at NATS_URL (${new URL(this.url).host}): ${cause.message}.`,
        { cause },
      );
    });
    this.#connection = connection;
    connection.subscribe(SUBJECT, {
      callback: (error, message) => {
        if (error) return this.log.warn({ err: error }, "the bus received a faulty message");
        // Thrown from here it would end the connection's reading.
        try {
          for (const envelope of message.json<Envelope[]>()) receive(envelope);
        } catch (err) {
          this.log.warn({ err }, "the bus received a faulty message");
        }
      },
    });
    // The server has taken the subscription once it answers.
    await connection.flush();
    this.#connected = true;
    void this.#watch(connection, onGap);
  }

  async send(envelopes: readonly Envelope[]): Promise<void> {
    const connection = this.#connection;
    for (const payload of pack(envelopes, connection?.info?.max_payload))
      connection?.publish(SUBJECT, payload);
  }

  ready(): boolean {
    return this.#connected;
  }

  async #watch(connection: NatsConnection, onGap: () => void): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type === "disconnect") this.#connected = false;
      if (status.type === "reconnect") {
        // Whoever re-reads before the subscription stands again could miss what is said in between. Another loss is told again.
        connection.flush().then(
          () => {
            this.#connected = true;
            onGap();
          },
          (err: unknown) => this.log.warn({ err }, "the bus lost its connection again"),
        );
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // What is said meanwhile reaches nobody who needs it: with a server that is away this would wait until it is back.
    const connection = this.#connection;
    if (connection && !(await within(GOODBYE_MS, connection.drain()))) await connection.close();
  }
}

/** The client library reads host and port from a URL and nothing else: neither who signs in, nor that TLS is wanted. */
function serverOf(url: string): NodeConnectionOptions {
  const { protocol, host, username, password } = new URL(url);
  return {
    servers: host,
    ...(password ? { user: decodeURIComponent(username), pass: decodeURIComponent(password) } : {}),
    ...(username && !password ? { token: decodeURIComponent(username) } : {}),
    ...(protocol === "tls:" ? { tls: {} } : {}),
  };
}
