import { randomBytes } from "node:crypto";
import { AppError } from "@onrecord/core/errors";

/** JSON of more bytes than this is not parsed, nor written again, by the thread that serves everybody. */
const SMALL = 64 * 1024;
/** Where an answer cannot be put together of parts, this much is: it takes some 10 ms to parse and to write. */
const MOST_WHOLE = 1024 * 1024;

/**
 * The large values of one answer. In the answer stands a name, which nobody can guess; where it is written out, the value goes in its place
 * as the bytes that it came as.
 */
export class LargeValues {
  readonly #values = new Map<string, Uint8Array>();

  /** The name of a value, that is JSON in UTF-8. */
  add(json: Uint8Array): string {
    const name = `large-value:${randomBytes(24).toString("base64url")}`;
    this.#values.set(name, json);
    return name;
  }

  get isEmpty(): boolean {
    return this.#values.size === 0;
  }

  /** A JSON text with the values in the places of their names. */
  *within(json: string): Generator<Uint8Array> {
    let rest = json;
    for (;;) {
      const at = this.#next(rest);
      if (at === undefined) break;
      yield Buffer.from(rest.slice(0, at.start));
      yield at.value;
      rest = rest.slice(at.end);
    }
    yield Buffer.from(rest);
  }

  /** A response with the values in the places of their names, if it has any. */
  async put(response: Response): Promise<Response> {
    if (this.isEmpty) return response;
    const pieces = this.within(await response.text());
    const headers = new Headers(response.headers);
    headers.delete("content-length");
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const { done, value } = pieces.next();
        if (done) controller.close();
        else if (value.length > 0) controller.enqueue(value);
        else this.pull?.(controller);
      },
    });
    return new Response(body, { status: response.status, headers });
  }

  #next(json: string): { start: number; end: number; value: Uint8Array } | undefined {
    for (const { 0: quoted, index } of json.matchAll(/"large-value:[\w-]{32}"/g)) {
      const value = this.#values.get(quoted.slice(1, -1));
      if (value) return { start: index, end: index + quoted.length, value };
    }
    return undefined;
  }
}

/**
 * What stands in an answer for a value that came as JSON. BAD_USER_INPUT where that is large, and the answer goes by a way that has no
 * place for it: a WebSocket, an event stream.
 */
export function inAnswer<T>(json: Uint8Array, large: LargeValues | undefined): T | string {
  if (json.length > SMALL && large) return large.add(json);
  if (json.length > MOST_WHOLE)
    throw new AppError(
      "BAD_USER_INPUT",
      `This has ${json.length} bytes; ask for it by a POST that is answered with JSON, or download it.`,
    );
  return JSON.parse(new TextDecoder().decode(json)) as T;
}

/** Whether an answer to a request will be one JSON text, which large values can be put into: by what it accepts. */
export function takesLargeValues(accept: string | undefined): boolean {
  return !/event-stream|multipart/i.test(accept ?? "");
}
