import { AppError } from "@onrecord/core/errors";
import { Api, checkAlive } from "../client/api.js";
import { firstEditableFolder } from "../client/editable-folder.js";
import { ownUrl } from "../client/own-url.js";
import { makeTokens } from "../client/tokens.js";
import { readEnvironment } from "../env.js";
import { print, printJson, tell } from "../output.js";
import { countRecord, readHead } from "../replay/check-record.js";
import { progressLine } from "../replay/progress-line.js";
import { replayTrace, seatsFor } from "../replay/replay.js";
import { formatReport, judge } from "../replay/report.js";
import { readTrace, type Trace } from "../replay/trace.js";

/** What `onrecord replay` is told besides the trace. */
export interface ReplayOptions {
  readonly document?: string;
  readonly speed?: number;
  readonly as?: string;
  readonly url?: string;
  readonly json?: boolean;
}

const CREATE = "mutation ($input: CreateDocumentInput!) { createDocument(input: $input) { id } }";

/** `onrecord replay <trace>`: co-edits a document live, then holds it against the trace and the record. */
export async function replay(path: string, options: ReplayOptions): Promise<void> {
  const { speed } = options;
  if (speed !== undefined && !(speed > 0))
    throw new AppError("BAD_USER_INPUT", "--speed must be a number greater than 0.");
  const trace = await readTrace(path);
  const url = options.url ?? ownUrl(readEnvironment().config);
  await checkAlive(url);

  const emails = options.as?.split(",") ?? demoAnalysts(trace);
  const tokens = await makeTokens(emails);
  const apis = tokens.map((token) => new Api(url, token));
  const authors = await Promise.all(
    apis.map(async (api, i) => ({ email: emails[i]!, userId: await whoIs(api) })),
  );
  const documentId = options.document ?? (await createDocument(apis[0]!, path));
  const before = await readHead(apis[0]!, documentId);
  tell(`Replaying ${trace.changes.length} changes of ${trace.agents} into ${documentId} …`);
  const rooms = `${url.replace(/^http/, "ws")}/collab`;
  const onProgress = progressLine(process.stderr);
  const result = await replayTrace(trace, { rooms, documentId, tokens, speed, onProgress });
  tell("Reading the record …");
  const record = await countRecord(apis[0]!, documentId, before.version);
  const report = judge(trace, authors, result, before, record, documentId);
  if (options.json) printJson(report);
  else print(formatReport(report));
  if (report.faults.length > 0) process.exitCode = 1;
}

/** The demo firm has three analysts: of more agents, several are one of them. */
function demoAnalysts(trace: Trace): string[] {
  return Array.from({ length: Math.min(3, seatsFor(trace)) }, (_, i) => `analyst${i + 1}@demo.onrecord.test`);
}

async function whoIs(api: Api): Promise<string> {
  return (await api.ask<{ me: { user: { id: string } } }>("{ me { user { id } } }")).me.user.id;
}

async function createDocument(api: Api, path: string): Promise<string> {
  const title = `Replay of ${path.replace(/^.*[\\/]/, "")}`;
  const input = { folderId: await firstEditableFolder(api), title, kind: "TEXT" };
  return (await api.ask<{ createDocument: { id: string } }>(CREATE, { input })).createDocument.id;
}
