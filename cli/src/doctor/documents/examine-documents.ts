import type { AppContext } from "@onrecord/context/context";
import { AppError } from "@onrecord/core/errors";
import { applyCommitted } from "@onrecord/history/store/apply-committed";
import { openHistory, readChanges } from "@onrecord/history/store/load";
import * as Y from "yjs";
import { CutCharacters } from "./cut-characters.js";
import type { Damage, Version } from "./damage.js";
import { GrownTables } from "./grown-tables.js";
import { RemovedElements } from "./removed-elements.js";

/** A document that shows what nobody meant. */
export interface DamagedDocument {
  readonly id: string;
  readonly title: string;
  readonly head: number;
  /** Oldest first. */
  readonly damages: readonly Damage[];
  /** The last version before the first of them: to restore it mends the document. */
  readonly restore: number;
}

/** A document whose history does not open. */
export interface UnreadDocument {
  readonly id: string;
  readonly title: string;
  readonly unread: string;
}

interface Row {
  readonly id: string;
  readonly title: string;
  readonly kind: "FILING" | "TEXT";
}

/** How many documents are listed at a time. */
const PAGE = 200;
/** What somebody did so soon after they had opened a document, their page may have done by itself. */
const OPENING_MS = 30_000;
/** Between two words of how far it is, in versions. */
const TELL_EVERY = 50_000;

/**
 * Reads every document's history, one after the other and change by change, and yields those that are damaged, or do not open. Never more than one
 * document and a page of its changes is in memory.
 */
export async function* examineDocuments(
  context: Pick<AppContext, "db" | "keys">,
  tell: (line: string) => void = () => undefined,
): AsyncGenerator<DamagedDocument | UnreadDocument> {
  let after: string | null = null;
  let documents = 0;
  for (;;) {
    const rows: Row[] = await context.db.query<Row>(
      `select id, title, kind from documents.document
       where $1::uuid is null or id > $1 order by id limit $2`,
      [after, PAGE],
    );
    for (const row of rows) {
      const found = await examine(context, row, tell).catch((error: unknown) => unread(row, error));
      if (found !== null) yield found;
    }
    documents += rows.length;
    if (rows.length < PAGE) return;
    tell(`${documents} documents were looked at …`);
    after = rows.at(-1)!.id;
  }
}

async function examine(
  { db, keys }: Pick<AppContext, "db" | "keys">,
  { id, title, kind }: Row,
  tell: (line: string) => void,
): Promise<DamagedDocument | null> {
  const opened = await openHistory(db, keys, id);
  // Of one that was destroyed there is nothing to see.
  if (opened === null) return null;
  const { head, key } = opened;
  const restores = await readRestores(db, id);
  const openings = kind === "FILING" ? await readOpenings(db, id) : [];
  const justOpened = ({ version, at, carrierId }: Version) =>
    !restores.has(version) &&
    openings.some(
      (one) => one.by === carrierId && one.at <= at.getTime() && at.getTime() - one.at < OPENING_MS,
    );
  const cut = new CutCharacters();
  const detectors = kind === "FILING" ? [cut, new RemovedElements(justOpened), new GrownTables()] : [cut];
  const doc = new Y.Doc();
  for await (const { update, ...version } of readChanges(db, key, id, 0, head)) {
    const decoded = Y.decodeUpdate(update);
    for (const detector of detectors) detector.before(doc, decoded, version);
    applyCommitted(doc, update);
    for (const detector of detectors) detector.after(doc, decoded, version);
    if (version.version % TELL_EVERY === 0) tell(`${title}: version ${version.version} of ${head} …`);
  }
  const damages = detectors
    .flatMap((detector) => detector.found(doc))
    // A restore is meant, and of a version from before the damage it mends it.
    .filter(({ version }) => !restores.has(version))
    .filter((one) => ![...restores].some(([at, restored]) => at > one.version && restored < one.version))
    .sort((a, b) => a.version - b.version);
  const [first] = damages;
  return first === undefined ? null : { id, title, head, damages, restore: first.version - 1 };
}

/** One that does not open keeps nobody from looking at the others. */
function unread({ id, title }: Row, error: unknown): UnreadDocument {
  if (!(error instanceof AppError)) throw error;
  return { id, title, unread: error.message };
}

/** Of each version that a restore made, which version it restored. */
async function readRestores(db: AppContext["db"], documentId: string): Promise<Map<number, number>> {
  const rows = await db.query<{ version: string | null; restored: string | null }>(
    `select detail->>'version' as version, detail->>'restoredVersion' as restored
     from audit.entry where object_id = $1 and action = 'version.restored'`,
    [documentId],
  );
  const read = rows.map(({ version, restored }) => [Number(version), Number(restored)] as const);
  // Whoever wrote an entry by hand may have written anything: what is no version is passed over.
  return new Map(read.filter((pair) => pair.every((n) => Number.isSafeInteger(n) && n > 0)));
}

async function readOpenings(db: AppContext["db"], documentId: string) {
  const rows = await db.query<{ at: Date; by: string | null }>(
    "select at, actor_id as by from audit.entry where object_id = $1 and action = 'document.opened'",
    [documentId],
  );
  return rows.map(({ at, by }) => ({ at: at.getTime(), by }));
}
