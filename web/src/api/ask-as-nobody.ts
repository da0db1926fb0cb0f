import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { stringifyDocument } from "@urql/core";
import { type Problem, problemTold, type Reason } from "./problem.js";

/** An answer, or why there is none; `reason` is the id of the server's first reason. */
export type Answer<Data> =
  | { readonly data: Data }
  | { readonly problem: Problem; readonly reason: string | null };

interface Told<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly reasons?: readonly Reason[] };
  }[];
}

/** Asks the API without any session, whoever is signed in in this browser: for what somebody does who has only a secret. */
export async function askAsNobody<Data, Variables extends Record<string, unknown>>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Answer<Data>> {
  try {
    const response = await fetch("/graphql", {
      method: "POST",
      credentials: "omit",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({ query: stringifyDocument(document), variables }),
    });
    if (response.status === 429) return { problem: { kind: "rate-limited" }, reason: null };
    const { data, errors = [] } = (await response.json()) as Told<Data>;
    const [first] = errors;
    if (first) return { problem: problemTold(first), reason: first.extensions?.reasons?.[0]?.id ?? null };
    return data ? { data } : { problem: { kind: "unreachable" }, reason: null };
  } catch {
    return { problem: { kind: "unreachable" }, reason: null };
  }
}
