import { setTimeout as delay } from "node:timers/promises";
import { Random } from "@onrecord/core/testing/random";
import { addPerson, signedIn, type TestContext, testContext } from "@onrecord/testing/database";
import { addDocument, addGrant } from "@onrecord/testing/documents";
import { becomes } from "../becomes.js";
import { watchClientErrors } from "../client-errors.js";
import { Faults } from "../faults.js";
import { MeasuredServer } from "../fuzz/measured-server.js";
import { openStockEditor } from "../stock-editor.js";
import type { Verdict } from "../verdict.js";
import { type Attack, attacks, type Prey } from "./attacks.js";
import { Colleagues, type Noticed } from "./colleagues.js";

/** What a hostile run is told. */
export interface HostileOptions {
  readonly seed: number;
  /** How long each attack lasts, in milliseconds. */
  readonly each: number;
  /** How long two colleagues in another document may wait, in milliseconds, 99 times of 100; null where times say nothing. */
  readonly patience: number | null;
  readonly stopped: () => boolean;
  readonly onProgress: (line: string) => void;
}

/**
 * Attacks a server of its own by what a guest, or nobody, has, one way after the other, and tells what two colleagues in another document
 * notice of each, beside a quiet time before it.
 */
export async function hostile(options: HostileOptions): Promise<Verdict> {
  const started = performance.now();
  const { onProgress, patience } = options;
  const faults = new Faults((fault) => onProgress(`FAULT ${fault}`));
  using _watching = watchClientErrors((error) => faults.add(`an honest client failed: ${error}`));
  await using context = await testContext({ ONRECORD_DEMO: "0" });
  await using server = await MeasuredServer.start(context.env);
  const random = new Random(options.seed);
  const { prey, people, documentId } = await settle(context, server);
  const open = (token: string) => openStockEditor({ rooms: server.rooms, documentId, token });
  using ana = open(people.ana);
  using ben = open(people.ben);
  await becomes(() => ana.provider.synced && ben.provider.synced);
  const colleagues = new Colleagues([ana, ben], prey.url, people.ana);
  const figures: Record<string, number> = {};
  const tell = (name: string, noticed: Noticed) => {
    for (const [what, times] of [
      ["an edit", noticed.edits],
      ["{ me }", noticed.me],
      ["/healthz", noticed.healthz],
    ] as const) {
      const p99 = percentile(times, 0.99);
      figures[`${name}: ${what}, p99 ms`] = Math.round(p99);
      if (patience !== null && p99 > patience)
        faults.add(`${name}: ${what} took ${Math.round(p99)} ms, of 100 one longer`);
    }
    for (const failure of noticed.failures.slice(0, 3)) faults.add(`${name}: ${failure}`);
  };
  // The first second of a process is its compiler's.
  await during(colleagues, 2000);
  tell("quiet", await during(colleagues, options.each));
  for (const attack of attacks) {
    if (options.stopped() || server.death) break;
    const strikes = await strike(attack, prey, random.branch(), colleagues, options.each, tell);
    figures[`${attack.name}: strikes`] = strikes;
    onProgress(
      `${attack.name}: ${["an edit", "{ me }", "/healthz"].map((what) => `${what} ${figures[`${attack.name}: ${what}, p99 ms`]} ms`).join(", ")}; ${strikes} strikes`,
    );
    tell(`after ${attack.name}`, await during(colleagues, options.each / 2));
  }
  if (server.death) faults.add(server.death);
  else
    faults.unless(
      await becomes(
        () => ana.text.toString() === colleagues.expected && ben.text.toString() === colleagues.expected,
      ),
      "what the colleagues have is not what they typed",
    );
  const seconds = (performance.now() - started) / 1000;
  return { campaign: "hostile", seed: options.seed, seconds, figures, faults: faults.all };
}

/** A guest with a document of their own, and two colleagues in another. */
async function settle(context: TestContext, server: MeasuredServer) {
  const { db } = context;
  const person = async () => signedIn(db, await addPerson(db));
  const [ana, ben, guest] = [await person(), await person(), await person()];
  const [documentId, own] = [await addDocument(context), await addDocument(context)];
  const [{ folder_id: folderId }] = (await db.query<{ folder_id: string }>(
    "select folder_id from documents.document where id = $1",
    [own],
  )) as [{ folder_id: string }];
  for (const { userId } of [ana, ben]) await addGrant(context, documentId, userId, "EDIT");
  await addGrant(context, folderId, guest.userId, "EDIT");
  const url = server.rooms.replace("ws", "http").replace("/collab", "");
  const prey: Prey = {
    url,
    rooms: server.rooms,
    token: guest.token,
    documentId: own,
    folderId,
  };
  return { prey, documentId, people: { ana: ana.token, ben: ben.token } };
}

async function during(colleagues: Colleagues, milliseconds: number): Promise<Noticed> {
  return colleagues.work(AbortSignal.timeout(milliseconds));
}

async function strike(
  attack: Attack,
  prey: Prey,
  random: Random,
  colleagues: Colleagues,
  each: number,
  tell: (name: string, noticed: Noticed) => void,
): Promise<number> {
  const ended = new AbortController();
  const striking = attack.run(prey, random, ended.signal);
  await delay(100);
  tell(attack.name, await during(colleagues, each));
  ended.abort();
  return striking;
}

function percentile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
