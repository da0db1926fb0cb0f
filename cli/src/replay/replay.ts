import { randomInt } from "node:crypto";
import { AppError } from "@onrecord/core/errors";
import * as Y from "yjs";
import { drive, type Progress } from "./driver.js";
import { openEditor } from "./editor.js";
import { Seat } from "./seat.js";
import { type Keystroke, shadow, TEXT_NAME } from "./shadow.js";
import { type Latency, latencyOf } from "./statistics.js";
import type { Trace } from "./trace.js";

/** What a replay needs. */
export interface ReplayOptions {
  /** Where rooms are, e.g. `ws://127.0.0.1:4000/collab`: any y-websocket server will do. */
  readonly rooms: string;
  /** A document whose text is empty. */
  readonly documentId: string;
  /** One per agent of the trace; a trace of one agent takes a second, who only reads. */
  readonly tokens: readonly string[];
  readonly speed?: number | undefined;
  /** Changes of one client that may be on their way at a time. */
  readonly window?: number;
  readonly onProgress?: (progress: Progress) => void;
}

/** What a replay came to. */
export interface ReplayResult {
  /** Effective changes of each agent. */
  readonly changes: readonly number[];
  /** Changes that only delete what another change deletes too: whichever comes second changes nothing. */
  readonly contested: number;
  readonly seconds: number;
  /** From sending a change to another client's receipt of it. */
  readonly latency: Latency | null;
  /** The text of each client at the end. */
  readonly texts: readonly string[];
  /** The text that the same changes make where no server is. */
  readonly merged: string;
}

/** How many clients a trace takes: one per agent, and a reader where there would be nobody to receive. */
export function seatsFor({ agents }: Pick<Trace, "agents">): number {
  return Math.max(2, agents);
}

/** Replays a trace live and resolves when every client has received every change. */
export async function replayTrace(trace: Trace, options: ReplayOptions): Promise<ReplayResult> {
  using opened = new DisposableStack();
  const { rooms, documentId, tokens } = options;
  const seatIds = ascendingIds(seatsFor(trace));
  opened.use(roomForListeners(seatIds.length));
  const editors = seatIds.map((clientId, i) =>
    opened.use(openEditor(rooms, documentId, tokens[i % tokens.length]!, clientId)),
  );
  await Promise.all(editors.map(({ synced }) => synced));
  const first = editors[0]!.doc;
  if (first.getText(TEXT_NAME).length > 0)
    throw new AppError("CONFLICT", "The document has a text already; a replay needs an empty one.");

  const base = Y.encodeStateAsUpdate(first);
  const clientIds = seatIds.slice(0, trace.agents);
  const merged = new Y.Doc();
  Y.applyUpdate(merged, base);
  const typing: Keystroke[][] = clientIds.map(() => []);
  for (const keystroke of shadow(trace, clientIds, base)) {
    typing[keystroke.agent]!.push(keystroke);
    if (keystroke.update) Y.applyUpdate(merged, keystroke.update);
    // The sockets are open, and a client that hears nothing for half a minute hangs up.
    if (typing[keystroke.agent]!.length % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const seats = editors.map(({ doc }, agent) => new Seat(doc, agent, typing));
  const started = performance.now();
  const latencies = await drive(seats, {
    speed: options.speed,
    window: options.window ?? 256,
    aborted: Promise.race(editors.map(({ closed }) => closed)),
    ...(options.onProgress ? { onProgress: options.onProgress } : {}),
  });
  return {
    changes: typing.map((mine) => mine.filter(({ update }) => update !== null).length),
    contested: countContested(typing.flat()),
    seconds: (performance.now() - started) / 1000,
    latency: latencyOf(latencies),
    texts: editors.map(({ doc }) => doc.getText(TEXT_NAME).toString()),
    merged: merged.getText(TEXT_NAME).toString(),
  };
}

/**
 * Each y-websocket client listens for the end of the process, and Node warns of a leak at the eleventh: so many more are none,
 * and any beyond them still is.
 */
function roomForListeners(count: number): Disposable {
  process.setMaxListeners(process.getMaxListeners() + count);
  return { [Symbol.dispose]: () => void process.setMaxListeners(process.getMaxListeners() - count) };
}

/**
 * ClientIDs in the order of the agents. Of two who insert at one place Yjs puts the lower clientID to the left, as traces do the lower
 * agent. They begin anywhere: a clientID belongs to whoever first wrote with it, for good.
 */
export function ascendingIds(count: number): number[] {
  const base = randomInt(1, 2 ** 32 - count);
  return Array.from({ length: count }, (_, i) => base + i);
}

/** How many changes do nothing but delete what others delete as well. */
export function countContested(keystrokes: readonly Keystroke[]): number {
  const deletions = keystrokes.map(({ update }) => (update ? deletedIds(update) : []));
  const times = new Map<string, number>();
  for (const ids of deletions) for (const id of ids) times.set(id, (times.get(id) ?? 0) + 1);
  return keystrokes.filter(
    ({ deletes }, i) => deletes !== null && deletions[i]!.every((id) => times.get(id)! > 1),
  ).length;
}

function deletedIds(update: Uint8Array): string[] {
  const ids: string[] = [];
  for (const [client, ranges] of Y.decodeUpdate(update).ds.clients)
    for (const { clock, len } of ranges) for (let i = 0; i < len; i++) ids.push(`${client}:${clock + i}`);
  return ids;
}
