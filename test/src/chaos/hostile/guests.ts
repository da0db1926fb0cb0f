import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { sync, syncFrame } from "@onrecord/collab-protocol/protocol";
import type { Random } from "@onrecord/core/testing/random";
import { WebSocket } from "ws";
import * as Y from "yjs";

/** What a guest has: an address, and what they were given. */
export interface Prey {
  readonly url: string;
  /** A guest's session, and a document that the guest may edit and nobody else is in. */
  readonly token: string;
  readonly documentId: string;
  /** A folder that the guest may create in. */
  readonly folderId: string;
  /** A large filing, of three versions: imported, emptied, brought back. */
  readonly filingId: string;
}

/** Something that a guest does. */
export interface Attack {
  readonly name: string;
  /** Attacks until it is told to stop; resolves with how often it struck. */
  run(prey: Prey, random: Random, signal: AbortSignal): Promise<number>;
}

function editorOf({ url, documentId, token }: Pick<Prey, "url" | "documentId" | "token">): string {
  return `${url.replace("http", "ws")}/collab/${documentId}?token=${token}`;
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
  async run({ url, documentId, token }, _random, signal) {
    return swarm(10, signal, async () => {
      const socket = new WebSocket(editorOf({ url, documentId, token }));
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
  async run({ url, documentId, token }, _random, signal) {
    return swarm(10, signal, async () => {
      const doc = new Y.Doc();
      const text = doc.getText("content");
      doc.transact(() => {
        for (let i = 0; i < 3000; i++) text.insert(0, "x");
      });
      const socket = new WebSocket(editorOf({ url, documentId, token }));
      await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
      socket.send(syncFrame(sync.update, Y.encodeStateAsUpdate(doc)));
      await Promise.race([delay(1000), new Promise((resolve) => socket.once("close", resolve))]);
      socket.terminate();
    });
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

const reads = [
  "content(format: HTML)",
  "content(format: TEXT, version: 1)",
  "attribution { roots }",
  "diff(from: 1, to: 2) { roots }",
  "diff(from: 0, to: 3) { roots }",
];

/** Everything that is read of a large filing, again and again: its content, who wrote it, what changed, a copy, and as an editor opens it. */
const largeReads: Attack = {
  name: "large reads",
  run({ url, token, filingId }, random, signal) {
    const headers = { authorization: `Bearer ${token}` };
    const ask = (query: string) => post(`${url}/graphql`, JSON.stringify({ query }), headers, signal);
    return swarm(10, signal, async (nth) => {
      switch (nth % 4) {
        case 0:
          return open({ url, token, documentId: filingId }, signal);
        case 1: {
          const download = `mutation { download(input: { documentId: "${filingId}", format: HTML }) { url } }`;
          const { data } = JSON.parse(Buffer.from(await ask(download)).toString()) as {
            data: { download: { url: string } };
          };
          const answer = await fetch(new URL(data.download.url, url), { headers, signal });
          return answer.arrayBuffer();
        }
        default:
          return ask(`{ document(id: "${filingId}") { ${random.pick(reads)} } }`);
      }
    });
  },
};

/** Opens a document as an editor does, that says it has something of it: what it lacks has to be found. */
async function open(where: Pick<Prey, "url" | "documentId" | "token">, signal: AbortSignal): Promise<void> {
  const socket = new WebSocket(editorOf(where));
  const gone = new Promise((resolve) => socket.once("close", resolve));
  try {
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    socket.send(syncFrame(sync.step1, Y.encodeStateVector(new Map([[1, 1]]))));
    const told = new Promise((resolve) => socket.on("message", resolve));
    await Promise.race([told.then(() => delay(200, undefined, { signal })), gone]);
  } finally {
    socket.terminate();
  }
}

/** What a guest does, in the order in which it is told. */
export const guests: readonly Attack[] = [deafWriters, deafMessages, tricklers, slowPages, largeReads];
