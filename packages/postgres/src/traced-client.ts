import { spanKind } from "@onrecord/telemetry/trace/span";
import type { SpanOptions } from "@onrecord/telemetry/trace/tracer";
import type pg from "pg";

/** Sends a statement in a span of its own. */
type InSpan = <T>(text: string, work: () => Promise<T>) => Promise<T>;

/** What a span says of a statement: its verb and its first table or function, which are ours. Not its text, and no parameter. */
export function describeStatement(text: string): readonly [name: string, options: SpanOptions] {
  const verb = /^[\s(]*([a-z]{2,20})/i.exec(text)?.[1]?.toLowerCase() ?? "statement";
  const target = /\b(?:from|into|update|call)\s+("?[a-z_]+"?\."?[a-z_]+"?)/i.exec(text)?.[1];
  const table = target?.replaceAll('"', "");
  return [
    table === undefined ? verb : `${verb} ${table}`,
    {
      kind: spanKind.client,
      attributes: {
        "db.system.name": "postgresql",
        "db.operation.name": verb,
        ...(table === undefined ? {} : { "db.collection.name": table }),
      },
    },
  ];
}

/** The same connection, whose statements are parts of what is being traced. It is given back by the one that it is made of. */
export function tracedClient<Client extends pg.ClientBase>(client: Client, inSpan: InSpan): Client {
  const query = (...args: unknown[]): unknown => {
    const [statement, ...rest] = args;
    const send = () => Reflect.apply(client.query, client, args) as unknown;
    // What is told of by a callback, or is a cursor, has its own end.
    if (typeof rest.at(-1) === "function") return send();
    const text =
      typeof statement === "string" ? statement : (statement as { text?: unknown } | undefined)?.text;
    return typeof text === "string" ? inSpan(text, send as () => Promise<unknown>) : send();
  };
  return Object.create(client, { query: { value: query } }) as Client;
}
