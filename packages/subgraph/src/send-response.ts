import { once } from "node:events";
import type { ServerResponse } from "node:http";

/** How long a reader may take nothing at all, in milliseconds. */
const STALLED = 60_000;

/**
 * Makes a fetch `Response` and writes it out, at the pace of its reader. `signal` fires when the reader goes away, so that a stream
 * that nobody reads ends where it comes from.
 */
export async function sendResponse(
  to: ServerResponse,
  respond: (signal: AbortSignal) => Response | Promise<Response>,
): Promise<void> {
  const abort = new AbortController();
  const gone = () => abort.abort();
  to.once("close", gone);
  try {
    const response = await respond(abort.signal);
    if (to.destroyed) return await discard(response);
    // nginx, and what understands its word, would keep events until it has a buffer full of them.
    if (isStream(response)) to.setHeader("x-accel-buffering", "no");
    to.writeHead(response.status, Object.fromEntries(response.headers));
    to.flushHeaders();
    if (response.body) await pipe(response.body, to, abort.signal);
    to.end();
  } catch (error) {
    // A reader that left is no failure of ours.
    if (!abort.signal.aborted) throw error;
  } finally {
    to.off("close", gone);
  }
}

/** Whether a response goes on for as long as its reader stays: events, or parts of an answer. */
export function isStream({ headers }: Response): boolean {
  return /^(text\/event-stream|multipart\/mixed)/.test(headers.get("content-type") ?? "");
}

/** Ends a response that nobody will read. A stream only knows what to end once it has started, so its first piece is read. */
export async function discard(response: Response): Promise<void> {
  const reader = response.body?.getReader();
  await reader?.read();
  await reader?.cancel();
}

async function pipe(
  body: ReadableStream<Uint8Array>,
  to: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const reader = body.getReader();
  const cancel = () => void reader.cancel().catch(() => undefined);
  signal.addEventListener("abort", cancel, { once: true });
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      if (!to.write(chunk.value)) await drained(to, signal);
    }
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}

/** Waits for a slow reader, but not for one that has stopped reading: what is held for it is held in memory. */
async function drained(to: ServerResponse, signal: AbortSignal): Promise<void> {
  const patience = setTimeout(() => to.destroy(), STALLED);
  try {
    await once(to, "drain", { signal });
  } finally {
    clearTimeout(patience);
  }
}
