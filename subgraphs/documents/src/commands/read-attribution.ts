import { AppError } from "@onrecord/core/errors";
import type { WantedDifference, WantedVersion } from "@onrecord/history/attribution/attribution";
import type { Origin } from "@onrecord/history/attribution/change-index";
import type { Root } from "@onrecord/history/attribution/content-tree";
import type { ReadAttribution } from "@onrecord/history/reading/readings";
import { inAnswer } from "@onrecord/subgraph/large-values";
import type { DocumentsContext } from "../context.js";
import { readerOf } from "../reader.js";
import type { Document } from "../types/document.js";
import { recordOpening } from "./record-opening.js";

/** How many differences and attributions one request may ask for: each costs as much as opening its versions. */
const MOST = 4;

/** Who wrote what, as it stands in the answer. */
export interface ToldAttribution {
  readonly version: number;
  readonly origins: readonly Origin[];
  readonly roots: readonly Root[] | string;
}

/** Tells what changed between two versions. Both are on the record as read before the caller has a word of them. */
export async function readDifference(
  context: DocumentsContext,
  { id }: Document,
  wanted: WantedDifference,
): Promise<ToldAttribution> {
  await admit(context, id);
  const reader = readerOf(context);
  const read = await context.turns.take(reader, () => context.readings.difference(id, wanted, reader));
  for (const version of [wanted.from, wanted.to]) await recordOpening(context, id, version);
  return told(context, read);
}

/** Tells who wrote what in a version, or in the head. It is on the record, and so is the version since which deleted text is shown. */
export async function readAttribution(
  context: DocumentsContext,
  { id }: Document,
  wanted: WantedVersion,
): Promise<ToldAttribution> {
  await admit(context, id);
  const reader = readerOf(context);
  const read = await context.turns.take(reader, () => context.readings.version(id, wanted, reader));
  const { deletedSince = read.version } = wanted;
  for (const version of [deletedSince, read.version]) await recordOpening(context, id, version);
  return told(context, read);
}

function told({ large }: DocumentsContext, { version, origins, roots }: ReadAttribution): ToldAttribution {
  const tree = "value" in roots ? roots.value : inAnswer<readonly Root[]>(roots.json, large);
  return { version, origins, roots: tree };
}

async function admit(context: DocumentsContext, id: string): Promise<void> {
  if (++context.attributions > MOST) {
    throw new AppError(
      "BAD_USER_INPUT",
      `One request may ask for at most ${MOST} differences and attributions; ask for the others in another.`,
    );
  }
  await context.guard.authorize(context.caller, "view", { kind: "DOCUMENT", id });
}
