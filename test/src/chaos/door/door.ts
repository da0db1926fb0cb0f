import { Random } from "@onrecord/core/testing/random";
import { Server } from "../../server.js";
import type { Verdict } from "../verdict.js";
import { type Answers, attacks, type Target, VICTIM } from "./attacks.js";
import { Colleagues, type Noticed } from "./colleagues.js";

/** How the door is attacked. */
export interface DoorOptions {
  readonly seed: number;
  /** Requests of each flood. */
  readonly requests: number;
  /** Length of each large body, in bytes. */
  readonly bytes: number;
  readonly onProgress: (line: string) => void;
}

/** The most guesses at one account that are looked at from where it is not used: see `fromElsewhere`; a minute of luck is allowed for. */
const GUESSES = 21;
/** The most entries that a flood of made-up tokens may write, per hundred addresses: each its first, one for five, one for the rest. */
const ENTRIES = 3;

/** Attacks the product as nobody does who may not even sign in, while two colleagues write; holds the answers against their bounds. */
export async function door({ seed, requests, bytes, onProgress }: DoorOptions): Promise<Verdict> {
  const began = performance.now();
  await using server = await Server.create();
  await server.start();
  const [first, second, guest, compliance] = await Promise.all(
    ["analyst1", "analyst2", "consultant", "compliance"].map((person) => server.signIn(person)),
  );
  const documentId = await server.createText(first!, "Beside the door");
  using colleagues = new Colleagues(server.url, documentId, [first!, second!]);
  const target: Target = { url: server.url, random: new Random(seed), requests, bytes, guest: guest! };
  const figures: Record<string, number> = {};
  const faults: string[] = [];
  const note = (phase: string, { editMs, meMs, healthMs }: Noticed) => {
    Object.assign(figures, {
      [`${phase} edit p99 ms`]: editMs,
      [`${phase} me p99 ms`]: meMs,
      [`${phase} healthz p99 ms`]: healthMs,
    });
    onProgress(
      `${phase}: edits ${editMs} ms, {me} ${meMs} ms, /healthz ${healthMs} ms at the 99th percentile`,
    );
  };
  note("quiet", (await colleagues.during(async () => undefined)).noticed);
  for (const [name, attack] of Object.entries(attacks)) {
    const before = await refusals(server, compliance!);
    const { result, noticed } = await colleagues.during(() => attack(target));
    note(name, noticed);
    onProgress(`${name}: ${JSON.stringify(result)}`);
    const entries = (await refusals(server, compliance!)) - before;
    figures[`${name} entries`] = entries;
    faults.push(...faultsOf(name, result, entries, requests));
  }
  if (!(await canSignIn(server)))
    faults.push("Whoever was guessed at cannot sign in from where they did before.");
  if (colleagues.losses > 0) faults.push(`The colleagues lost their connection ${colleagues.losses} times.`);
  if (!colleagues.agree) faults.push("The colleagues do not have the same text.");
  return { campaign: "hostile", seed, seconds: (performance.now() - began) / 1000, figures, faults };
}

/** What an attack was answered that it must not be. */
function faultsOf(name: string, answers: Answers, entries: number, requests: number): string[] {
  const faults: string[] = [];
  const answered = Object.values(answers).reduce((sum, count) => sum + count, 0);
  const mayNot = Object.keys(answers).filter((status) => status.startsWith("5") && status !== "503");
  if (mayNot.length > 0) faults.push(`${name}: answered ${mayNot.join(" and ")}.`);
  if (name !== "bodies" && name !== "trickle" && answered !== requests)
    faults.push(`${name}: not all were answered.`);
  if (name === "account" && (answers[401] ?? 0) > GUESSES)
    faults.push(`account: ${answers[401]} guesses at one account were looked at.`);
  if (name === "tokens" && entries > ENTRIES * 200 + 10) faults.push(`tokens: ${entries} entries.`);
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
