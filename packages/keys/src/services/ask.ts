import { setTimeout as delay } from "node:timers/promises";
import { keysUnavailable } from "./key-service.js";

/** How long a service may take for one answer, in milliseconds. */
const TIMEOUT = 2000;
/** How often it is asked before it counts as away: all together takes at most about seven seconds. */
const ATTEMPTS = 3;
/** The longest pause before the second attempt, in milliseconds; it doubles. */
const PAUSE = 200;
/** No answer that is meant for us is larger. */
const MAX_ANSWER = 1024 * 1024;

/** What a service said. */
export interface Answer {
  readonly status: number;
  /** Parsed, or an empty object where it was no JSON object. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Whether it was one: what else answers at an address (a proxy, a sign-in page) mostly sends HTML. */
  readonly legible: boolean;
}

export interface Question {
  readonly url: string;
  readonly method?: "GET" | "POST" | "PUT";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Asks once, in bounded time; an answer is at most 1 MiB, and no redirection is followed: it would carry a credential away. */
export async function ask({ url, method = "POST", headers = {}, body }: Question): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers,
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT),
    ...(body === undefined ? {} : { body }),
  });
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_ANSWER) throw new Error("its answer is too large");
    chunks.push(chunk);
  }
  const said = asObject(Buffer.concat(chunks).toString());
  return { status: response.status, body: said ?? {}, legible: said !== undefined };
}

function asObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Asks until there is an answer that counts. `passing` tells of an answer why it is none that lasts; `question` is made anew for each
 * attempt, since credentials and times change. UNAVAILABLE when no attempt came to anything.
 */
export async function askPatiently(
  service: string,
  question: () => Promise<Question>,
  passing: (answer: Answer) => string | undefined,
): Promise<Answer> {
  let why = "";
  let cause: unknown;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    // Many wait at once: they must not come back at once.
    if (attempt > 0) await delay(Math.random() * PAUSE * 2 ** (attempt - 1));
    const asked = await question();
    try {
      const answer = await ask(asked);
      const passes = passing(answer);
      if (passes === undefined) return answer;
      why = passes;
    } catch (error) {
      cause = error;
      why = reasonOf(error as Error);
    }
  }
  throw keysUnavailable(service, why, cause);
}

function reasonOf(error: Error): string {
  if (error.name === "TimeoutError") return `no answer within ${TIMEOUT / 1000} seconds`;
  const { cause } = error as { cause?: NodeJS.ErrnoException };
  return cause?.code ?? cause?.message ?? error.message;
}
