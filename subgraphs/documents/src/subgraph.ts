import { type AppContext, onLogin } from "@onrecord/context/context";
import { Attribution } from "@onrecord/history/attribution/attribution";
import { Edits } from "@onrecord/history/edit/edits";
import { ReadingThreads } from "@onrecord/history/reading/reading-threads";
import { Readings } from "@onrecord/history/reading/readings";
import { History } from "@onrecord/history/store/history";
import type { HttpServer } from "@onrecord/http/http-server";
import { Arrivals } from "@onrecord/policy/arrivals";
import type { Caller } from "@onrecord/policy/principal";
import { beginExecution, shared } from "@onrecord/subgraph/context";
import type { LargeValues } from "@onrecord/subgraph/large-values";
import type { Subgraph } from "@onrecord/subgraph/subgraph";
import { observeGauge, type Sample } from "@onrecord/telemetry/observed";
import type { DocumentsContext, DocumentsServices } from "./context.js";
import { LapsedLinks } from "./download/lapsed-links.js";
import { downloadHandler } from "./download/serve-download.js";
import { ImportRunner } from "./import/import-runner.js";
import { openDocumentsOrm } from "./orm.js";
import { buildSchema } from "./schema.js";
import { Turns } from "./turns.js";

/** The documents subgraph, with the one path it answers outside GraphQL. */
export interface DocumentsSubgraph extends Subgraph {
  context(caller: Caller, gone?: AbortSignal, large?: LargeValues): DocumentsContext;
  /** Mounts `/download/<ticket>` on an HTTP server. */
  mount(http: HttpServer): void;
  /** Begins to watch for download links that nobody uses. */
  start(): Promise<void>;
}

/** The subgraph of folders, documents and their versions. */
export async function createDocumentsSubgraph(process: AppContext): Promise<DocumentsSubgraph> {
  const context = onLogin(process, "documents");
  const { db } = context;
  const log = context.log.child({ service: "documents" });
  await using opened = new AsyncDisposableStack();
  const orm = opened.use(await openDocumentsOrm({ db, log }));
  const imports = opened.use(new ImportRunner(context.config.limits));
  observeGauge(context.metrics, {
    name: "onrecord_imports",
    help: "pages that are read into filings now, and pages that wait for it",
    labels: ["state"],
    read: () => Object.entries(imports.load).map(([state, count]): Sample => [{ state }, count]),
  });
  const history = new History(context);
  const threads = opened.use(new ReadingThreads(context.config.limits));
  const edits = new Edits(context, history, threads);
  const readings = new Readings(history, new Attribution(context, history), threads);
  const services: DocumentsServices = {
    ...shared(context),
    log,
    history,
    edits,
    readings,
    imports,
    turns: new Turns(context.config.limits.readingsWaitingPerUser),
    arrivals: new Arrivals(db),
  };
  const links = opened.use(new LapsedLinks(services, orm));
  const owned = opened.move();
  return {
    name: "documents",
    ledger: context.ledger,
    ...buildSchema(),
    context: (caller, gone, large) => ({
      ...beginExecution(services, orm, caller),
      gone,
      large,
      opened: new Map(),
      attributions: 0,
      contentBytes: 0,
    }),
    start: async () => links.start(),
    mount: (http) => http.route("/download", downloadHandler(services, orm)),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
