import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { buildSchema } from "graphql";
import { WebSocket } from "ws";
import { Server } from "../../server.js";
import { becomes } from "../becomes.js";
import { Faults } from "../faults.js";
import { openStockEditor } from "../stock-editor.js";
import type { Verdict } from "../verdict.js";
import { type Operation, operationsOf } from "./operations.js";

const schemaFile = fileURLToPath(new URL("../../../../schema/schema.graphql", import.meta.url));

/** What nobody may see who may not see the document. */
const MARK = "Walked Secret";
/** How long a stream is listened to, in milliseconds. */
const LISTEN_MS = 300;
/** Everyone in the demo firm by whom it is tried, and what is no session of anybody's. */
const PEOPLE = ["analyst1", "analyst2", "analyst3", "compliance", "consultant", "trader", "admin"] as const;

interface Walker {
  readonly name: string;
  readonly token: string | undefined;
}

/** What one walk is told. */
export interface WalkOptions {
  readonly seed: number;
  readonly onProgress: (line: string) => void;
}

/**
 * Walks through every door of the product as every kind of person: every query, mutation and subscription that the schema has, the live
 * editor and downloads, each with the ids of a document that few may see. Who may not see it must not be told a word of it, nor change it;
 * who may must be told, or the walk would prove nothing.
 */
export async function walk({ seed, onProgress }: WalkOptions): Promise<Verdict> {
  const started = performance.now();
  const faults = new Faults((fault) => onProgress(`FAULT ${fault}`));
  await using server = await Server.create();
  await server.start();
  const owner = await server.signIn("analyst1");
  const { ids, state } = await prepare(server, owner);
  const operations = operationsOf(buildSchema(await readFile(schemaFile, "utf8")), ids).filter(
    ({ field }) => field !== "signIn",
  );
  const before = await state();
  let doors = 0;
  let outsiders = 0;
  const told = new Map<string, number>();
  for (const walker of await walkers(server)) {
    const inside = (await answerOf(server, walker, documentQuery(ids[0]!))).includes(MARK);
    if (!inside) outsiders++;
    for (const operation of operations) {
      // Whoever is in changes it as they may, and does not sign out on the way.
      if (operation.kind === "mutation" && (inside || walker.name === "admin")) continue;
      if (/^(signOut|endOtherSessions|endSession|changePassword)$/.test(operation.field)) continue;
      doors++;
      const answer = await answerOf(server, walker, operation);
      if (!answer.includes(MARK)) continue;
      told.set(walker.name, (told.get(walker.name) ?? 0) + 1);
      if (!inside) faults.add(`${walker.name} was told of it by ${operation.kind} ${operation.field}`);
    }
    doors++;
    const frames = await listen(`${server.url.replace("http", "ws")}/collab/${ids[0]}`, walker);
    if (!inside && frames.includes(MARK)) faults.add(`${walker.name} was told of it by the editor`);
    onProgress(
      `${walker.name}: ${inside ? "may see it" : "may not"}, told of it ${told.get(walker.name) ?? 0} times`,
    );
  }
  faults.unless((await state()) === before, "somebody who may not see it changed it");
  faults.unless((told.get("analyst1") ?? 0) >= 4, "its owner was hardly told of it: the walk proves nothing");
  faults.unless(outsiders >= 4, `only ${outsiders} of the walkers may not see it`);
  const seconds = (performance.now() - started) / 1000;
  const figures = { doors, walkers: PEOPLE.length + 3, "walkers who may not see it": outsiders };
  return { campaign: "walk", seed, seconds, figures, faults: faults.all };
}

async function walkers(server: Server): Promise<Walker[]> {
  const people: Walker[] = [];
  for (const name of PEOPLE) people.push({ name, token: await server.signIn(name) });
  const ended = await server.signIn("analyst1");
  await server.ask("mutation { signOut }", {}, ended);
  return [
    { name: "nobody", token: undefined },
    { name: "somebody with a made-up token", token: "x".repeat(43) },
    { name: "a session that has ended", token: ended },
    ...people,
  ];
}

const documentQuery = (id: string): Operation => ({
  kind: "query",
  field: "document",
  text: "query ($id: ID!) { document(id: $id) { title } }",
  variables: { id },
});

/** A document with marks in its title, its text and the name of a version, and the ids that lead to it. */
async function prepare(server: Server, owner: string) {
  const documentId = await server.createText(owner, `${MARK} title`);
  using editor = openStockEditor({
    rooms: `${server.url.replace("http", "ws")}/collab`,
    documentId,
    token: owner,
  });
  await becomes(() => editor.provider.synced);
  editor.text.insert(0, `${MARK} text`);
  const look = () =>
    server.ask<{ document: { version: number; folder: { id: string } } }>(
      "query ($id: ID!) { document(id: $id) { title version content folder { id } } }",
      { id: documentId },
      owner,
    );
  await becomes(async () => (await look()).document.version > 0);
  const { folder } = (await look()).document;
  const state = async () => JSON.stringify(await look());
  return { ids: [documentId, folder.id], state };
}

async function answerOf(
  server: Server,
  { token }: Walker,
  { kind, text, variables }: Operation,
): Promise<string> {
  const ended = AbortSignal.timeout(kind === "subscription" ? LISTEN_MS : 60_000);
  const response = await fetch(`${server.url}/graphql`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: kind === "subscription" ? "text/event-stream" : "application/json",
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    body: JSON.stringify({ query: text, variables }),
    signal: ended,
  }).catch((error: unknown) => {
    if (kind === "subscription") return undefined;
    throw error;
  });
  let answer = "";
  try {
    for await (const chunk of response?.body ?? []) answer += Buffer.from(chunk).toString("utf8");
  } catch (error) {
    // A stream that is still open has said what it says at once.
    if (kind !== "subscription") throw error;
  }
  return answer;
}

/** What the live editor tells somebody who asks for everything. */
async function listen(url: string, { token }: Walker): Promise<string> {
  const socket = new WebSocket(token ? `${url}?token=${token}` : url);
  let told = "";
  socket.on("message", (data: Buffer) => {
    told += data.toString("utf8");
  });
  socket.on("error", () => undefined);
  // A SyncStep1 with an empty state vector.
  socket.once("open", () => socket.send(Uint8Array.of(0, 0, 1, 0)));
  await Promise.race([new Promise((resolve) => socket.once("close", resolve)), delay(LISTEN_MS)]);
  socket.terminate();
  return told;
}
