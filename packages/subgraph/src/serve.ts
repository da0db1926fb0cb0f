import type { IncomingMessage, ServerResponse } from "node:http";
import type { AppContext } from "@onrecord/context/context";
import { AppError } from "@onrecord/core/errors";
import type { Logger } from "@onrecord/core/log";
import type { HttpServer, RequestHandler, RequestInfo } from "@onrecord/http/http-server";
import { originFacts } from "@onrecord/policy/credentials";
import { byCaller, type Caller } from "@onrecord/policy/principal";
import { asUnavailable } from "@onrecord/postgres/unavailable";
import { spanKind } from "@onrecord/telemetry/trace/span";
import { ending } from "@onrecord/telemetry/trace/tracer";
import { type DocumentNode, specifiedRules, ValuesOfCorrectTypeRule, validate } from "graphql";
import { createYoga, type Plugin } from "graphql-yoga";
import { ENVELOPE_HEADER, type EnvelopeFault, EnvelopeVerifier } from "./envelope.js";
import { executeOn, type SubgraphRequest } from "./execute.js";
import { LargeValues, takesLargeValues } from "./large-values.js";
import { readBody } from "./read-body.js";
import { sendResponse } from "./send-response.js";
import type { Subgraph } from "./subgraph.js";

/**
 * Mounts one subgraph on the HTTP server of its own process, at `/graphql`, for gateways in other processes. It answers only requests
 * whose caller is signed with the service secret: there is no other way to say who is asking.
 */
export function serveSubgraph(
  subgraph: Subgraph,
  context: Pick<AppContext, "config" | "log" | "serviceSecret"> & Partial<Pick<AppContext, "tracer">>,
  http: HttpServer,
): void {
  const log = context.log.child({ subgraph: subgraph.name });
  const verifier = new EnvelopeVerifier(context.serviceSecret, subgraph.name);
  const yoga = createYoga<{ caller: Caller; large: LargeValues | undefined }>({
    schema: subgraph.schema,
    graphqlEndpoint: "/graphql",
    plugins: [useExecutor(subgraph, log)],
    graphiql: false,
    landingPage: false,
    cors: false,
    multipart: false,
    logging: false,
    // The executor has made every error presentable; masking again would take the codes away.
    maskedErrors: false,
  });

  const answer: RequestHandler = async (request, response, info) => {
    // Only a body is signed: a query in the address would be one that the envelope does not cover.
    if (request.method !== "POST") return void response.writeHead(405, { allow: "POST" }).end();
    const header = singleHeader(request, ENVELOPE_HEADER);
    const refused = async (fault: EnvelopeFault) => {
      log.warn({ fault, requestId: info.id }, "a request without a valid envelope was refused");
      // What cannot be remembered is not refused for what it is: it may come again.
      if (fault !== "overloaded") await recordUnsigned(subgraph, request, info);
      refuse(response, info, envelopeError(fault));
    };
    const fault = verifier.faultOf(header);
    if (fault !== null) return refused(fault);
    const body = await readBody(request, context.config.limits.requestBytes).catch(asAppError);
    if (body instanceof AppError) return refuse(response, info, body);
    const verified = verifier.verify(header, body);
    if (!verified.ok) return refused(verified.fault);
    const { tracer } = context;
    // Behind the envelope, it is the gateway that says what is traced.
    const parent = { header: singleHeader(request, "traceparent"), ours: true };
    const span = tracer?.begin(`subgraph ${subgraph.name}`, parent, { kind: spanKind.server });
    const inSpan = <T>(work: () => Promise<T>) =>
      tracer && span ? ending(span, () => tracer.run(span, work)) : work();
    const large = takesLargeValues(singleHeader(request, "accept")) ? new LargeValues() : undefined;
    await sendResponse(response, (signal) =>
      inSpan(async () => {
        const answer = await yoga.fetch(
          new Request("http://subgraph/graphql", {
            method: "POST",
            headers: forwardedHeaders(request),
            body: new Uint8Array(body),
            signal,
          }),
          { caller: verified.caller, large },
        );
        return large ? large.put(answer) : answer;
      }),
    );
  };
  // Gateways come by a name inside; who they are is proven by the envelope.
  http.route("/graphql", answer, { anyHost: true });
}

/** Executes with the kit's executor, which the gateway uses in-process too, so that both ways answer alike. */
function useExecutor(
  subgraph: Subgraph,
  log: Logger,
): Plugin<{ caller: Caller; large: LargeValues | undefined }> {
  return {
    // A wrong value is the client's fault, which the executor tells; anything else is a plan made from another schema.
    onValidate: ({ setValidationFn }) =>
      setValidationFn((schema, document) => validate(schema, document, planRules)),
    onExecute: ({ args, setExecuteFn }) => setExecuteFn(() => executeOn(subgraph, requestOf(args), log)),
    onSubscribe: ({ args, setSubscribeFn }) =>
      setSubscribeFn(() => executeOn(subgraph, requestOf(args), log)),
  };
}

const planRules = specifiedRules.filter((rule) => rule !== ValuesOfCorrectTypeRule);

interface Execution {
  readonly document: DocumentNode;
  readonly variableValues?: Readonly<Record<string, unknown>> | undefined;
  readonly operationName?: string | null | undefined;
  readonly contextValue: {
    readonly caller: Caller;
    readonly request?: Request;
    readonly large?: LargeValues | undefined;
  };
}

function requestOf({ document, variableValues, operationName, contextValue }: Execution): SubgraphRequest {
  return {
    document,
    variables: variableValues,
    operationName: operationName ?? undefined,
    caller: contextValue.caller,
    gone: contextValue.request?.signal,
    large: contextValue.large,
  };
}

async function recordUnsigned(
  { ledger }: Subgraph,
  request: IncomingMessage,
  { id, visitor }: RequestInfo,
): Promise<void> {
  await ledger?.refuse({
    action: "session.refused",
    by: byCaller({ principal: null, requestId: id, from: originFacts(request, visitor) }),
    object: null,
    detail: { reason: "envelope" },
  });
}

function asAppError(thrown: unknown): AppError {
  const known = asUnavailable(thrown);
  if (known instanceof AppError) return known;
  return new AppError("BAD_USER_INPUT", "The request body could not be read.", { cause: thrown });
}

function envelopeError(fault: EnvelopeFault): AppError {
  const reasons = [{ id: fault, text: faultSentences[fault] }];
  if (fault === "overloaded")
    return new AppError("UNAVAILABLE", "This subgraph cannot take more requests now.", { reasons });
  return new AppError("UNAUTHENTICATED", "This subgraph answers only requests that the gateway has signed.", {
    reasons,
  });
}

const faultSentences: Readonly<Record<EnvelopeFault, string>> = {
  missing: "The request has no envelope.",
  malformed: "The envelope cannot be read.",
  "unknown-key":
    "It was signed with another key: give gateway and subgraph the same ONRECORD_SERVICE_SECRET.",
  forged: "Its signature is wrong.",
  "wrong-audience": "It was made for another subgraph.",
  expired: "It is too old, or the clocks of the two machines differ.",
  "body-mismatch": "It was made for another body.",
  replayed: "It was used before.",
  overloaded: "Too many requests are remembered.",
};

function refuse(response: ServerResponse, { id }: RequestInfo, error: AppError): void {
  const { message, code, reasons } = error;
  response
    .writeHead(error.status, { "content-type": "application/json", connection: "close" })
    .end(JSON.stringify({ errors: [{ message, extensions: { code, requestId: id, reasons } }] }));
}

function singleHeader(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(",") : value;
}

function forwardedHeaders(request: IncomingMessage): Headers {
  const headers = new Headers();
  for (const name of ["accept", "content-type"]) {
    const value = singleHeader(request, name);
    if (value !== undefined) headers.set(name, value);
  }
  return headers;
}
