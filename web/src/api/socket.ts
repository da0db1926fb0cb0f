import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { stringifyDocument } from "@urql/core";
import { type Client, createClient } from "graphql-ws";
import type { PageSession } from "../session/page-session.js";
import { shownNames } from "./shown-names.js";

/** Where a subscription's results go; an error or a completion ends it. */
export interface Sink<T> {
  next(value: T): void;
  failed(cause: unknown): void;
  completed(): void;
}

/** The one WebSocket on which a session's subscriptions run; it goes with the session, and whoever follows something opens the next. */
export interface LiveSocket {
  subscribe<T, V extends Record<string, unknown>>(
    document: TypedDocumentNode<T, V>,
    variables: V,
    sink: Sink<T>,
  ): () => void;
}

const PING_MS = 12_000;
const PONG_WITHIN_MS = 8_000;

/** Opens the socket when the first subscription needs it; `follow` decides about reconnecting, since only it knows the cursor. */
export function createLiveSocket(page: PageSession, url: string = socketUrl("/graphql")): LiveSocket {
  let overdue: ReturnType<typeof setTimeout> | undefined;
  const client: Client = createClient({
    url,
    retryAttempts: 0,
    lazyCloseTimeout: 4_000,
    keepAlive: PING_MS,
    // The browser's cookie may have become somebody else's: the server refuses a session that is not the cookie's.
    connectionParams: () => ({ session: page.id ?? "" }),
    on: {
      // A half-open connection answers no ping: closing it is the only way to notice before the reader does.
      ping: (received) => {
        if (!received) overdue = setTimeout(() => client.terminate(), PONG_WITHIN_MS);
      },
      pong: (received) => {
        if (received) clearTimeout(overdue);
      },
      closed: () => clearTimeout(overdue),
    },
  });
  let opened = page.id;
  page.subscribe(() => {
    if (page.id === opened) return;
    opened = page.id;
    client.terminate();
  });
  return {
    subscribe<T, V extends Record<string, unknown>>(
      document: TypedDocumentNode<T, V>,
      variables: V,
      sink: Sink<T>,
    ) {
      return client.subscribe<T>(
        { query: stringifyDocument(document), variables },
        {
          next: ({ data, errors }) => {
            if (errors?.length) sink.failed(errors);
            else if (data) sink.next(shownNames(data));
          },
          error: (cause) => sink.failed(cause),
          complete: () => sink.completed(),
        },
      );
    },
  };
}

/** The WebSocket address of a path on this page's origin. */
export function socketUrl(path: string): string {
  const { protocol, host } = window.location;
  return `${protocol === "https:" ? "wss:" : "ws:"}//${host}${path}`;
}
