import { AppError } from "@onrecord/core/errors";
import { knownCode } from "@onrecord/subgraph/errors";

interface Answer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: unknown; readonly requestId?: string };
  }[];
}

/** The one API of a running Onrecord, as one person sees it. */
export class Api {
  constructor(
    /** Where it listens, e.g. `http://127.0.0.1:4000`. */
    readonly url: string,
    private readonly token: string | undefined,
  ) {}

  /** Asks, and throws the first error as the AppError that it was over there. */
  async ask<Data>(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<Data> {
    const response = await fetch(`${this.url}/graphql`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json",
        ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
      },
      body: JSON.stringify({ query, variables }),
    }).catch((cause: unknown) => {
      throw unreachable(this.url, cause);
    });
    const { data, errors } = (await response.json().catch((cause: unknown) => {
      throw new AppError(
        "UNAVAILABLE",
        `${this.url} answered with status ${response.status} and no JSON; is that an Onrecord?`,
        { cause },
      );
    })) as Answer<Data>;
    const [error] = errors ?? [];
    if (error) throw new AppError(knownCode(error.extensions?.code) ?? "INTERNAL", error.message);
    if (!data) throw new AppError("INTERNAL", `${this.url} answered without data.`);
    return data;
  }
}

/** Fails with a sentence unless an Onrecord lives behind this URL: asked first, before anything is made for it. */
export async function checkAlive(url: string): Promise<void> {
  const response = await fetch(`${url}/healthz`).catch((cause: unknown) => {
    throw unreachable(url, cause);
  });
  await response.body?.cancel();
  if (!response.ok)
    throw new AppError("UNAVAILABLE", `${url}/healthz answers with status ${response.status}, not with 200.`);
}

function unreachable(url: string, cause: unknown): AppError {
  return new AppError(
    "UNAVAILABLE",
    `No Onrecord answers at ${url}; start it with \`npm start\`, or name another with --url.`,
    { cause },
  );
}
