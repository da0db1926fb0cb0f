import type { AppContext } from "@onrecord/context/context";
import type { HttpServer } from "@onrecord/http/http-server";
import type { Caller } from "@onrecord/policy/principal";
import type { Subgraph } from "@onrecord/subgraph/subgraph";
import { DocumentsContext } from "./context.js";
import { downloadHandler } from "./download/serve-download.js";
import { buildSchema } from "./schema.js";
import { openServices } from "./services.js";

/** The documents subgraph, with the one path it answers outside GraphQL. */
export interface DocumentsSubgraph extends Subgraph {
  context(caller: Caller): DocumentsContext;
  /** Mounts `/download/<ticket>` on a door. */
  mount(http: HttpServer): void;
}

/** Makes the documents subgraph on a process's context. */
export async function createDocumentsSubgraph(context: AppContext): Promise<DocumentsSubgraph> {
  const services = await openServices(context);
  return {
    name: "documents",
    ...buildSchema(),
    context: (caller) => new DocumentsContext(services, caller),
    mount: (http) => http.route("/download", downloadHandler(services)),
    [Symbol.asyncDispose]: () => services[Symbol.asyncDispose](),
  };
}
