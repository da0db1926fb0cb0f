import { MeDocument, type MeQuery } from "@onrecord/schema/generated";
import { stringifyDocument } from "@urql/core";
import { shownNames } from "../api/shown-names.js";
import type { Look } from "./page-session.js";

interface Answer {
  readonly data?: MeQuery | null;
  readonly errors?: readonly { readonly extensions?: { readonly code?: unknown } }[];
}

/** Asks whose the browser's session is: the one request of a page that names no session. */
export async function lookWhoIsSignedIn(): Promise<Look> {
  try {
    const response = await fetch("/graphql", {
      method: "POST",
      credentials: "same-origin",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({ query: stringifyDocument(MeDocument) }),
    });
    if (response.status === 401) return { kind: "nobody" };
    const { data, errors = [] } = (await response.json()) as Answer;
    if (data) return { kind: "somebody", me: shownNames(data).me };
    return { kind: errors[0]?.extensions?.code === "UNAUTHENTICATED" ? "nobody" : "unreachable" };
  } catch {
    return { kind: "unreachable" };
  }
}
