import { request } from "node:http";
import { connect } from "node:net";
import type { Random } from "@onrecord/core/testing/random";

/** What an attack was answered: status → how often; 0: cut off. */
export type Answers = Record<number, number>;

/** Where an attack strikes, and how hard. */
export interface Target {
  readonly url: string;
  readonly random: Random;
  /** Requests of each flood. */
  readonly requests: number;
  /** Length of each large body, in bytes. */
  readonly bytes: number;
  /** A session of a guest, for what a stranger is not let do at all. */
  readonly guest: string;
}

interface Sent {
  readonly path: string;
  readonly body: string;
  readonly headers?: Record<string, string>;
  /** The last two numbers of a loopback address. */
  readonly from?: number;
}

/** Every attack before sign-in by nobody, or by a guest where nobody gets nowhere; by name. */
export const strangers: Readonly<Record<string, (target: Target) => Promise<Answers>>> = {
  async bodies(target) {
    const headers = { authorization: `Bearer ${target.guest}` };
    return tally(
      bodiesOf(target.bytes).flatMap((body) =>
        [{}, headers].map((headers) => send(target, { path: "/graphql", body, headers })),
      ),
    );
  },
  names: (target) =>
    flood(target, (i) => signIn(`nobody${i % 500}@example.test`, target.random.word(), i % 40)),
  account: (target) => flood(target, (i) => signIn(VICTIM, target.random.word(), 40 + (i % 40))),
  tokens: (target) =>
    flood(target, (i) => ({
      path: "/graphql",
      body: JSON.stringify({ query: "{ me { user { id } } }" }),
      headers: { authorization: `Bearer ${"z".repeat(36)}${target.random.int(1e6, 9e6)}` },
      from: 80 + (i % 200),
    })),
  async trickle(target) {
    const { hostname, port } = new URL(target.url);
    const heads = [
      "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
      "POST /auth/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{",
    ];
    const sockets = Array.from({ length: Math.min(500, target.requests) }, (_, i) => {
      const socket = connect(Number(port), hostname);
      socket.on("error", () => undefined).write(heads[i % 2]!);
      return socket;
    });
    // The door is asked while they wait, and answers.
    const answer = await send(target, signIn("nobody@example.test", "x", 300));
    for (const socket of sockets) socket.destroy();
    return { [answer]: 1 };
  },
};

/** Whose account is guessed at. */
export const VICTIM = "analyst1@demo.onrecord.test";

/** Bodies that cost far more than their length, or are just long. */
function bodiesOf(n: number): string[] {
  const query = "{ me { user { id } } }";
  const text = (query: string) => JSON.stringify({ query });
  return [
    `{"query":"${query}","variables":${"[".repeat(n / 2)}${"]".repeat(n / 2)}}`,
    `{"query":"${query}","variables":[${"[],".repeat(n / 3)}0]}`,
    `{"query":"${query}","variables":{${'"a":0,'.repeat(n / 6)}"b":0}}`,
    text(`${"#\n".repeat(n / 3)}${query}`),
    text(`{ document(id: """${"\n ".repeat(n / 3)}""") { id } }`),
    JSON.stringify({ query, variables: { a: "\n".repeat(n / 2) } }),
    text(`${query} #importDocument${"\n".repeat(n / 2)}`),
  ];
}

function signIn(email: string, password: string, from: number): Sent {
  return { path: "/auth/sign-in", body: JSON.stringify({ email, password }), from };
}

function flood(target: Target, make: (i: number) => Sent): Promise<Answers> {
  return tally(Array.from({ length: target.requests }, (_, i) => send(target, make(i))));
}

async function tally(sent: readonly Promise<number>[]): Promise<Answers> {
  const answers: Answers = {};
  for (const status of await Promise.all(sent)) answers[status] = (answers[status] ?? 0) + 1;
  return answers;
}

/** Sends a request and resolves with its status; 0 when it was cut off. */
function send({ url }: Target, { path, body, headers, from = 0 }: Sent): Promise<number> {
  // Linux has all of 127.0.0.0/8; elsewhere everything comes from one address.
  const localAddress =
    process.platform === "linux" ? `127.0.${1 + (from >> 8)}.${1 + (from & 127)}` : "127.0.0.1";
  return new Promise((resolve) => {
    const sent = request(`${url}${path}`, {
      method: "POST",
      localAddress,
      agent: false,
      headers: { "content-type": "application/json", ...headers },
    });
    sent.once("response", (answer) => {
      answer.once("error", () => undefined).resume();
      resolve(answer.statusCode ?? 0);
    });
    sent.once("error", () => resolve(0));
    sent.end(body);
  });
}
