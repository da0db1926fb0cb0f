import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A span as it arrived. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes: readonly { key: string; value: Readonly<Record<string, unknown>> }[];
  readonly links?: readonly { traceId: string; spanId: string }[];
  readonly status?: { code: number; message: string };
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  /** The process that sent it. */
  readonly instance: string;
}

/** A small collector of OTLP over HTTP, in its JSON form. */
export interface OtlpReceiver extends AsyncDisposable {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  /** Everything that was sent, as it was: headers and bodies. */
  readonly raw: readonly string[];
  /** Answers with this status from now on. */
  answer(status: number): void;
}

export async function otlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const raw: string[] = [];
  let status = 200;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      raw.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}\n${body}`);
      if (status === 200 && request.url === "/v1/traces") spans.push(...read(body));
      response.writeHead(status, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    raw,
    answer: (with_) => {
      status = with_;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Body {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { key: string; value: { stringValue: string } }[] };
    readonly scopeSpans: readonly { readonly spans: readonly Omit<ReceivedSpan, "instance">[] }[];
  }[];
}

function read(body: string): ReceivedSpan[] {
  const { resourceSpans } = JSON.parse(body) as Body;
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const named = resource.attributes.find(({ key }) => key === "service.instance.id");
    const instance = named?.value.stringValue ?? "";
    return scopeSpans.flatMap((scope) => scope.spans.map((span) => ({ ...span, instance })));
  });
}
