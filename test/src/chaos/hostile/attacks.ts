import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { sync, syncFrame } from "@onrecord/collab-protocol/protocol";
import type { Random } from "@onrecord/core/testing/random";
import { WebSocket } from "ws";
import * as Y from "yjs";

/** What an attacker has: an address, and what a guest was given. */
export interface Prey {
  readonly url: string;
  readonly rooms: string;
  /** A guest's session, and a document that the guest may edit and nobody else is in. */
  readonly token: string;
  readonly documentId: string;
  /** A folder that the guest may create in. */
  readonly folderId: string;
  /** The e-mail address of somebody. */
  readonly email: string;
}

export interface Attack {
  readonly name: string;
  /** Attacks until it is told to stop; resolves with how often it struck. */
  run(prey: Prey, random: Random, signal: AbortSignal): Promise<number>;
}

/** Runs so many at a time, again and again, until it is enough. */
async function swarm(
  size: number,
  signal: AbortSignal,
  strike: (nth: number) => Promise<unknown>,
): Promise<number> {
  let count = 0;
  await Promise.all(
    Array.from({ length: size }, async () => {
      while (!signal.aborted) {
        await strike(count++).catch(() => delay(20));
      }
    }),
  );
  return count;
}

function post(url: string, body: string, headers: Record<string, string>, signal: AbortSignal) {
  return fetch(url, {
    method: "POST",
    body,
    headers: { "content-type": "application/json", ...headers },
    signal,
  }).then((response) => response.arrayBuffer());
}

/** Writers who insert at the beginning and listen to nobody: what each writes is in conflict with what all the others write. */
const deafWriters: Attack = {
  name: "deaf writers",
  async run({ rooms, documentId, token }, _random, signal) {
    return swarm(10, signal, async () => {
      const socket = new WebSocket(`${rooms}/${documentId}?token=${token}`);
      await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
      const doc = new Y.Doc();
      doc.on("update", (update: Uint8Array) => socket.send(syncFrame(sync.update, update)));
      const text = doc.getText("content");
      const gone = new Promise((resolve) => socket.once("close", resolve));
      while (!signal.aborted && socket.readyState === WebSocket.OPEN) {
        for (let i = 0; i < 20; i++) text.insert(0, "x");
        await Promise.race([delay(20), gone]);
      }
      socket.terminate();
    });
  },
};

/** The same, thousands of inserts in one message. */
const deafMessages: Attack = {
  name: "deaf messages",
  async run({ rooms, documentId, token }, _random, signal) {
    return swarm(10, signal, async () => {
      const doc = new Y.Doc();
      const text = doc.getText("content");
      doc.transact(() => {
        for (let i = 0; i < 3000; i++) text.insert(0, "x");
      });
      const socket = new WebSocket(`${rooms}/${documentId}?token=${token}`);
      await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
      socket.send(syncFrame(sync.update, Y.encodeStateAsUpdate(doc)));
      await Promise.race([delay(1000), new Promise((resolve) => socket.once("close", resolve))]);
      socket.terminate();
    });
  },
};

/** Bodies as large as are taken, of the shapes that cost most to read. */
const largeBodies: Attack = {
  name: "large bodies",
  async run({ url }, random, signal) {
    const bodies = [
      `{"query":"{ me { sessionId } }","variables":{"x":[${"1,".repeat(6_000_000)}1]}}`,
      `{"query":"{ me { sessionId } }","variables":${"[".repeat(2_000_000)}${"]".repeat(2_000_000)}}`,
      `{"query":"{ ${"me { sessionId } ".repeat(1_000_000)}}"}`,
      `{"query":"${"{".repeat(4_000_000)}"}`,
      `{${'"a":1,'.repeat(2_000_000)}"query":"{ me { sessionId } }"}`,
    ];
    return swarm(4, signal, () => post(`${url}/graphql`, random.pick(bodies), {}, signal));
  },
};

/** Requests whose heads or bodies never end. */
const tricklers: Attack = {
  name: "tricklers",
  async run({ url }, random, signal) {
    const { hostname, port, host } = new URL(url);
    return swarm(300, signal, async () => {
      const socket = connect(Number(port), hostname);
      const gone = new Promise<void>((resolve) => {
        socket.once("close", () => resolve());
        socket.on("error", () => undefined);
      });
      socket.write(`POST /graphql HTTP/1.1\r\nhost: ${host}\r\n`);
      if (random.chance(0.5))
        socket.write("content-type: application/json\r\ncontent-length: 1000000\r\n\r\n{");
      while (!signal.aborted && !socket.destroyed) {
        socket.write(random.chance(0.5) ? " " : "x");
        await Promise.race([delay(500), gone]);
      }
      socket.destroy();
    });
  },
};

const signIn = "mutation ($input: SignInInput!) { signIn(input: $input) { token } }";

/** Wrong passwords, of one who exists and of many who do not. */
const wrongSignIns: Attack = {
  name: "wrong sign-ins",
  async run({ url, email }, random, signal) {
    return swarm(60, signal, (nth) =>
      post(
        `${url}/graphql`,
        JSON.stringify({
          query: signIn,
          variables: {
            input: {
              email: random.chance(0.5) ? email : `nobody-${nth}@example.test`,
              password: `guess ${nth}`,
            },
          },
        }),
        {},
        signal,
      ),
    );
  },
};

/** Sessions that there are none of, for requests and for sockets. */
const madeUpTokens: Attack = {
  name: "made-up tokens",
  async run({ url, rooms, documentId }, random, signal) {
    return swarm(30, signal, async () => {
      const token = Buffer.from(random.bytes(32)).toString("base64url");
      if (random.chance(0.3)) {
        const socket = new WebSocket(`${rooms}/${documentId}?token=${token}`);
        await new Promise((resolve) => socket.once("close", resolve).once("error", resolve));
      } else
        await post(
          `${url}/graphql`,
          JSON.stringify({ query: "{ me { sessionId } }" }),
          { authorization: `Bearer ${token}` },
          signal,
        );
    });
  },
};

const importDocument = "mutation ($input: ImportDocumentInput!) { importDocument(input: $input) { id } }";

/** Pages that take long to read, many at a time. */
const slowPages: Attack = {
  name: "slow pages",
  async run({ url, token, folderId }, _random, signal) {
    const html = `<table>${"<tr><td><b><i><u>x</u></i></b><td>".repeat(60_000)}</table>`;
    return swarm(20, signal, (nth) =>
      post(
        `${url}/graphql`,
        JSON.stringify({
          query: importDocument,
          variables: { input: { folderId, title: `Page ${nth}`, html } },
        }),
        { authorization: `Bearer ${token}` },
        signal,
      ),
    );
  },
};

/** Everything that was tried, in the order in which it is told. */
export const attacks: readonly Attack[] = [
  deafWriters,
  deafMessages,
  largeBodies,
  tricklers,
  wrongSignIns,
  madeUpTokens,
  slowPages,
];
