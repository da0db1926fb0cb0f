import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { Numbers, Settings } from "../load/job.js";
import { Random } from "../load/random.js";
import { Api, inParallel } from "../servers/api.js";
import { timeDecisions } from "./decisions.js";
import { addPeople, addUsualGrants, editorsOf, isInTeam, MANAGER, TEAM, tokenOf, writersOf } from "./firm.js";
import { Holders } from "./holders.js";
import { startNodes } from "./nodes.js";
import { playRound, type Stage } from "./round.js";
import { type Size, sizeOf } from "./size.js";
import { type Seat, Writers } from "./writers.js";

/** Decisions that are timed in a round. */
const DECISIONS = 500;

/** What the measurement is told, and whom it tells. */
export interface PermissionsOptions {
  readonly settings: Pick<Settings, "scale" | "seed">;
  readonly rounds: number;
  readonly signal: AbortSignal;
  onStep(sentence: string): void;
  onRound(round: number, numbers: Numbers): void;
}

/**
 * What changes of rights cost those whom they do not concern: two nodes on one database, a firm with thousands of open editors, and a
 * few people who type while others sign out, lose a folder, or are changed by the thousand.
 */
export async function measurePermissions(options: PermissionsOptions): Promise<void> {
  const { settings, rounds, signal, onStep } = options;
  const size = sizeOf(settings);
  await using opened = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), "onrecord-bench-"));
  opened.defer(() => rm(dir, { recursive: true, force: true }));
  // As root, Postgres runs as another user, who must be able to enter.
  await chmod(dir, 0o755);
  onStep("starting two nodes");
  const nodes = opened.use(await startNodes(dir));
  const sql = new pg.Client({ connectionString: nodes.adminUrl });
  await sql.connect();
  opened.defer(() => sql.end());

  onStep(`filling the database with ${size.people} people in ${size.departments.join(" + ")} departments`);
  await addPeople(sql, size, rounds);
  const api = new Api(nodes.urls[0]);
  const { top, documents } = await addDocuments(api, sql, size);
  const teamGrant = await api.grantAccess(tokenOf(MANAGER), {
    resourceId: top,
    principalId: TEAM,
    level: "EDIT",
  });

  onStep(`opening ${size.editors} editors on ${documents.length} documents`);
  const seats = new Map(
    [...writersOf(size), ...editorsOf(size)].map((person, index): [number, Seat] => [
      person,
      {
        // In turn, but not in step with who is in the team.
        url: nodes.urls[(index + Math.floor(index / 4)) % 2]!,
        documentId: documents[index % documents.length]!,
        token: tokenOf(person),
      },
    ]),
  );
  const seatsOf = (people: readonly number[]) =>
    new Map(people.map((person) => [person, seats.get(person)!]));
  const holders = opened.use(new Holders());
  await holders.open(seatsOf(editorsOf(size)));
  const writers = opened.use(await Writers.start([...seatsOf(writersOf(size)).values()]));

  const team = editorsOf(size).filter(isInTeam);
  let stage: Stage = {
    size,
    api,
    sql,
    top,
    writers,
    holders,
    team,
    byRole: editorsOf(size).filter((it) => !isInTeam(it)),
    teamGrant,
  };
  const random = new Random(settings.seed);
  for (let round = 1; round <= rounds && !signal.aborted; round++) {
    onStep(`round ${round}`);
    const { numbers, teamGrant } = await playRound(stage, round);
    const decision = await timeDecisions(sql, documents, size.people, DECISIONS, random);
    options.onRound(round, { ...numbers, decision: decision.median, decisionP99: decision.p99 });
    stage = { ...stage, teamGrant, byRole: stage.byRole.slice(1) };
    if (round < rounds) await holders.open(seatsOf(team));
  }
}

/** A top folder with some folders and all documents below, made as people make them, and the firm's usual grants. */
async function addDocuments(api: Api, sql: pg.Client, size: Size) {
  const token = tokenOf(MANAGER);
  const top = await api.createFolder(token, "Offers");
  const folders = await inParallel(size.folders, (index) =>
    api.createFolder(token, `Offer ${index + 1}`, top),
  );
  const documents = await inParallel(size.documents, (index) =>
    api.createDocument(token, folders[index % folders.length]!, `Document ${index + 1}`),
  );
  await addUsualGrants(sql, size, top, folders, documents);
  return { top, documents };
}
