import { AppError } from "@onrecord/core/errors";
import type { AttributedContent, Difference, Grain } from "@onrecord/history/attribution/attribution";
import type { DocumentsContext } from "../context.js";
import type { Document } from "../types/document.js";
import { recordOpening } from "./record-opening.js";

/** How many differences and attributions one request may ask for: each costs as much as opening its versions. */
const MOST = 4;

/** Tells what changed between two versions. Both are on the record as read before the caller has a word of them. */
export async function readDifference(
  context: DocumentsContext,
  { id }: Document,
  { from, to, ...grain }: Grain & { from: number; to: number },
): Promise<Difference> {
  await admit(context, id);
  const difference = await inTurn(context, () => context.attribution.diff(id, from, to, grain));
  for (const version of [from, to]) await recordOpening(context, id, version);
  return difference;
}

/** Tells who wrote what in a version, or in the head. It is on the record, and so is the version since which deleted text is shown. */
export async function readAttribution(
  context: DocumentsContext,
  { id }: Document,
  wanted: Grain & { version?: number; deletedSince?: number },
): Promise<AttributedContent> {
  await admit(context, id);
  const attributed = await inTurn(context, () => context.attribution.at(id, wanted));
  const { deletedSince = attributed.version } = wanted;
  for (const version of [deletedSince, attributed.version]) await recordOpening(context, id, version);
  return attributed;
}

/** One after the other for each person, as all that reads content. */
function inTurn<T>({ caller, guard, turns }: DocumentsContext, work: () => Promise<T>): Promise<T> {
  return turns.take(guard.requirePrincipal(caller).userId, work);
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
