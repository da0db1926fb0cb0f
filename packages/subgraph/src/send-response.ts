import { once } from "node:events";
import type { ServerResponse } from "node:http";

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
    if (to.destroyed) return void (await response.body?.cancel());
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
      if (!to.write(chunk.value)) await once(to, "drain", { signal });
    }
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}
