import { setTimeout as delay } from "node:timers/promises";
import { Random } from "@onrecord/core/testing/random";
import { Server } from "../../server.js";
import { watchClientErrors } from "../client-errors.js";
import { Faults } from "../faults.js";
import type { Verdict } from "../verdict.js";
import { Attackers } from "./attackers.js";
import { Colleagues, type Noticed } from "./colleagues.js";
import { guests, type Prey } from "./guests.js";
import { type Answers, strangers, VICTIM } from "./strangers.js";

/** How a server is attacked. */
export interface HostileOptions {
  readonly seed: number;
  /** How long each of a guest's attacks lasts, in milliseconds. */
  readonly each: number;
  /** Requests of each flood before sign-in. */
  readonly requests: number;
  /** Length of each large body, in bytes. */
  readonly bytes: number;
  /** Rows of the table that is read again and again. */
  readonly rows: number;
  /**
   * How long two colleagues in another document may wait, in milliseconds, 99 times of 100; on a machine that is slow by itself, twice as
   * long as in a quiet time. Null where times say nothing.
   */
  readonly patience: number | null;
  readonly stopped: () => boolean;
  readonly onProgress: (line: string) => void;
}

/** The most guesses at one account that are looked at from where it is not used: see `fromElsewhere`; a minute of luck is allowed for. */
const GUESSES = 21;
/** The most entries that a flood of made-up tokens may write, per hundred addresses: each its first, one for five, one for the rest. */
const ENTRIES = 3;

/**
 * Attacks the product by what a guest has, and then by what nobody has before sign-in, one way after the other; tells what two colleagues
 * in another document notice of each, beside a quiet time before it, and holds the answers against their bounds.
 */
export async function hostile(options: HostileOptions): Promise<Verdict> {
  const began = performance.now();
  const { seed, each, requests, bytes, rows, patience, stopped, onProgress } = options;
  const faults = new Faults((fault) => onProgress(`FAULT ${fault}`));
  using _watching = watchClientErrors((error) => faults.add(`an honest client failed: ${error}`));
  await using server = await Server.create();
  await server.start();
  const [first, second, guest, compliance] = (await Promise.all(
    ["analyst1", "analyst2", "consultant", "compliance"].map((person) => server.signIn(person)),
  )) as [string, string, string, string];
  using colleagues = new Colleagues(server.url, await server.createText(first, "Beside it"), [first, second]);
  using attackers = new Attackers();
  const figures: Record<string, number> = {};
  const note = (phase: string, { editMs, meMs, healthMs }: Noticed) => {
    for (const [what, ms] of Object.entries({ edit: editMs, me: meMs, healthz: healthMs })) {
      figures[`${phase} ${what} p99 ms`] = ms;
      const slow = 2 * (figures[`quiet ${what} p99 ms`] ?? 0);
      if (patience !== null && ms > Math.max(patience, slow))
        faults.add(`${phase}: ${what} took ${ms} ms, of 100 one longer`);
    }
    onProgress(
      `${phase}: edits ${editMs} ms, {me} ${meMs} ms, /healthz ${healthMs} ms at the 99th percentile`,
    );
  };
  const random = new Random(seed);
  const prey = await preyOf(server, guest, rows);
  // The first second of a process is its compiler's.
  await colleagues.during(() => delay(2000));
  note("quiet", (await colleagues.during(() => delay(each))).noticed);
  for (const { name } of guests) {
    if (stopped()) break;
    const seed = random.int(1, 2 ** 31);
    const { result, noticed } = await colleagues.during(() => attackers.guest(name, prey, seed, each));
    figures[`${name} strikes`] = result;
    note(name, noticed);
    note(`after ${name}`, (await colleagues.during(() => delay(each / 2))).noticed);
  }
  const target = { url: server.url, requests, bytes, guest };
  for (const name of Object.keys(strangers)) {
    if (stopped()) break;
    const before = await refusals(server, compliance);
    const { result, noticed } = await colleagues.during(() =>
      attackers.stranger(name, target, random.int(1, 2 ** 31)),
    );
    note(name, noticed);
    onProgress(`${name}: ${JSON.stringify(result)}`);
    const entries = (await refusals(server, compliance)) - before;
    figures[`${name} entries`] = entries;
    for (const fault of faultsOf(name, result, entries, requests)) faults.add(fault);
  }
  faults.unless(await isWhole(server, guest, prey, rows), "the large filing is not told as it is");
  faults.unless(await canSignIn(server), "whoever was guessed at cannot sign in from where they did before");
  faults.unless(colleagues.losses === 0, `the colleagues lost their connection ${colleagues.losses} times`);
  faults.unless(colleagues.agree, "the colleagues do not have what was typed");
  const seconds = (performance.now() - began) / 1000;
  return { campaign: "hostile", seed, seconds, figures, faults: faults.all };
}

/** What a guest was given: a folder, and a document in it that is theirs alone. */
async function preyOf(server: Server, token: string, rows: number): Promise<Prey> {
  const { folders } = await server.ask<{ folders: { edges: { node: { id: string } }[] } }>(
    "{ folders { edges { node { id } } } }",
    {},
    token,
  );
  const folderId = folders.edges[0]!.node.id;
  const { createDocument } = await server.ask<{ createDocument: { id: string } }>(
    "mutation ($input: CreateDocumentInput!) { createDocument(input: $input) { id } }",
    { input: { folderId, title: "A guest's", kind: "TEXT" } },
    token,
  );
  const filingId = await largeFiling(server, token, folderId, rows);
  return { url: server.url, token, documentId: createDocument.id, folderId, filingId };
}

/** A filing of one large table, that was emptied and brought back. */
async function largeFiling(server: Server, token: string, folderId: string, rows: number): Promise<string> {
  const row = (_: unknown, i: number) => `<tr><td>Row ${i}</td><td><b>${i * 7}</b></td><td>of ${i}</td></tr>`;
  const html = `<table>${Array.from({ length: rows }, row).join("")}</table>`;
  const { importDocument } = await server.ask<{ importDocument: { id: string } }>(
    "mutation ($input: ImportDocumentInput!) { importDocument(input: $input) { id } }",
    { input: { folderId, title: "A large table", html } },
    token,
  );
  for (const version of [0, 1])
    await server.ask(
      "mutation ($input: RestoreVersionInput!) { restoreVersion(input: $input) { id } }",
      { input: { documentId: importDocument.id, version } },
      token,
    );
  return importDocument.id;
}

/** Whether the large filing is told with all its rows, in one answer with who wrote it. */
async function isWhole(server: Server, token: string, { filingId }: Prey, rows: number): Promise<boolean> {
  const { document } = await server.ask<{
    document: { content: string; attribution: { roots: readonly { name: string }[] } };
  }>(
    "query ($id: ID!) { document(id: $id) { content(format: TEXT) attribution { roots } } }",
    { id: filingId },
    token,
  );
  const { content, attribution } = document;
  const shows = (i: number) => content.includes(`Row ${i}\t${i * 7}\tof ${i}`);
  const all = Array.from({ length: rows }, (_, i) => i).every(shows);
  return all && attribution.roots.map(({ name }) => name).join() === "default";
}

/** What an attack was answered that it must not be. */
function faultsOf(name: string, answers: Answers, entries: number, requests: number): string[] {
  const faults: string[] = [];
  const answered = Object.values(answers).reduce((sum, count) => sum + count, 0);
  const mayNot = Object.keys(answers).filter((status) => status.startsWith("5") && status !== "503");
  if (mayNot.length > 0) faults.push(`${name}: answered ${mayNot.join(" and ")}`);
  if (name !== "bodies" && name !== "trickle" && answered !== requests)
    faults.push(`${name}: not all were answered`);
  if (name === "account" && (answers[401] ?? 0) > GUESSES)
    faults.push(`account: ${answers[401]} guesses at one account were looked at`);
  if (name === "tokens" && entries > ENTRIES * 200 + 10) faults.push(`tokens: ${entries} entries`);
  return faults;
}

/** How many entries of refused sessions the record has. */
async function refusals(server: Server, token: string): Promise<number> {
  const answer = await server.ask<{ auditEntries: { totalCount: number } }>(
    '{ auditEntries(filter: { actions: ["session.refused"] }, first: 1) { totalCount } }',
    {},
    token,
  );
  return answer.auditEntries.totalCount;
}

async function canSignIn(server: Server): Promise<boolean> {
  return server.signIn(VICTIM.split("@")[0]!).then(
    () => true,
    () => false,
  );
}
