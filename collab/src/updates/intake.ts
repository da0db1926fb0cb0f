import { type CloseReason, closeReasons } from "@onrecord/collab-protocol/protocol";
import { emittedBy } from "@onrecord/history/edit/effective-update";
import type { ClientBinding, NewChange } from "@onrecord/history/store/commit";
import type { Span } from "@onrecord/telemetry/trace/span";
import * as Y from "yjs";
import type { Authors } from "../authorship/authors.js";
import { type AcceptedChange, type Step, without } from "../authorship/authorship.js";
import type { Connection } from "../connection/connection.js";
import { appliesExactly, isKnown } from "./applies-exactly.js";
import { type Inspection, inspect } from "./inspect.js";
import { mergeSteps } from "./merge-steps.js";
import { applyPlaced, isPlaced } from "./placement.js";
import { standsWhereKnown } from "./same-structs.js";
import { setsUnsoundSpan } from "./spans.js";

/** What became of a change that a client sent. */
export type Reception =
  /** Applied; it will be durable when everything that was applied up to it is. */
  | { readonly outcome: "applied" }
  /** Everything in it was known already. */
  | { readonly outcome: "nothing-new" }
  /** It builds on what the server has not seen; nothing of that part is kept. With `ofOthers`, another editor that is here is to bring that. */
  | { readonly outcome: "gap"; readonly ofOthers: boolean }
  /** The room was given up before it was looked at. */
  | { readonly outcome: "dropped" }
  /** The right to edit was lost after it was sent; it is refused with all else of its sender. */
  | { readonly outcome: "withdrawn" }
  | ({ readonly outcome: "refused" } & CloseReason);

/** A change as it was sent, not yet looked at. */
export interface Arrival {
  readonly connection: Connection;
  readonly update: Uint8Array;
  readonly step: Step;
  /** Bytes of the whole message, of which it may be a part. */
  readonly bytes: number;
  /** Called with what became of it, once that is in the document. */
  readonly tell: (reception: Reception) => void;
  /** Its way to its commit, where that is traced. */
  readonly span?: Span | undefined;
}

/** A change that is in the document now: what it changed, and whose it is. */
export interface Taken extends Pick<NewChange, "update" | "proven" | "relayed"> {
  readonly arrival: Arrival;
  readonly bindings: readonly ClientBinding[];
}

/** What some arrivals came to. */
export interface Run {
  readonly taken: readonly Taken[];
  /** All of `taken` as one update. */
  readonly merged: Uint8Array | null;
  readonly receptions: readonly (readonly [Arrival, Reception])[];
  /** What it took to find their places beyond what is free: see `mergeSteps`. */
  readonly steps: number;
  /** The document holds something that must not be committed. */
  readonly broken: boolean;
  /** So many at the front of the queue may have broken it, and none of them was taken: they are taken one by one when it is whole again. */
  readonly suspects: number;
}

/** While a run is taken, everyone else on the node waits: it ends after so many merge steps, which take some 10 ms. */
const SLICE_STEPS = 25_000;
/**
 * So many merge steps of a change are free, besides one for each of its structs: people who type beside each other cause a step now and
 * then, and a document that is open for weeks must not be worn out by them. A change with no more is taken whatever the document has cost.
 */
const FREE_STEPS = 50;
/** More than this of one change would keep the node too long: about 0.1 s. */
const MOST_STEPS = 200_000;

/** What there is room for. */
export interface Budget {
  /** Surely so many bytes more. */
  readonly bytes: number;
  /** ClientIDs in all. */
  readonly clients: number;
  /** Arrivals that are looked at, at most. */
  readonly arrivals: number;
  /** Merge steps that the document may still cost. */
  readonly steps: number;
  /** How long a run may take, in milliseconds. */
  readonly sliceMs: number;
}

/**
 * Takes arrivals into the document, from the front of the queue: as many as are plain in one transaction of Yjs, which then costs as
 * much as one and tells all of them as one update; or else one that is not, by itself.
 */
export function takeRun(doc: Y.Doc, authors: Authors, arrived: Arrival[], budget: Budget): Run {
  const taken: Taken[] = [];
  const receptions: [Arrival, Reception][] = [];
  let isBroken = false;
  let left = budget.bytes;
  let alone: Admitted | undefined;
  let count = 0;
  let ended = false;
  let steps = 0;
  const begun = performance.now();
  const most = Math.min(arrived.length, budget.arrivals);
  const look = () => {
    while (count < most && !ended) {
      const arrival = arrived[count]!;
      const seen = lookAt(doc, authors, arrival, { clients: budget.clients, steps: budget.steps - steps });
      if ("outcome" in seen) {
        receptions.push([arrival, seen]);
        // Whoever is refused is heard no further, and must be told so before its next change is looked at.
        ended = seen.outcome !== "nothing-new";
      } else if (arrival.update.length > left || !seen.plain) {
        ended = true;
        if (taken.length > 0) return;
        alone = seen;
      } else if (apply(doc, arrival.update) && isPlaced(doc, seen.inspection)) {
        left -= arrival.update.length;
        steps += seen.steps;
        // A look at the clock costs more than many a change.
        ended = steps > SLICE_STEPS || (count % 8 === 7 && performance.now() - begun > budget.sliceMs);
        taken.push(attributed(doc, authors, seen, arrival.update));
        receptions.push([arrival, applied]);
      } else {
        ended = isBroken = true;
        receptions.push([arrival, cannotBeApplied]);
      }
      count++;
    }
  };
  let emitted: Uint8Array[];
  try {
    emitted = emittedBy(doc, look);
  } catch {
    // Yjs finishes a transaction after all of it is applied, and does not tell whose change made it fail.
    return broken(most === 1 ? arrived.splice(0, 1) : [], most === 1 ? 0 : Math.min(count + 1, most));
  }
  arrived.splice(0, count);
  if (alone) {
    const run = takeAlone(doc, authors, alone);
    return { ...run, receptions: [...receptions, ...run.receptions], steps: alone.steps };
  }
  const [merged = null, ...tidied] = emitted;
  return {
    taken: withTidied(taken, tidied),
    merged: mergedWith(merged, tidied),
    receptions,
    steps,
    broken: isBroken,
    suspects: 0,
  };
}

/** Nothing was taken, these were refused, and others may be at fault. */
function broken(refused: readonly Arrival[], suspects: number): Run {
  const receptions = refused.map((arrival) => [arrival, cannotBeApplied] as const);
  return { taken: [], merged: null, receptions, steps: 0, broken: true, suspects };
}

/** An arrival that may be applied; a plain one together with others. */
interface Admitted {
  readonly arrival: Arrival;
  readonly inspection: Inspection;
  readonly judgement: AcceptedChange;
  readonly plain: boolean;
  readonly steps: number;
}

const applied: Reception = { outcome: "applied" };
const cannotBeApplied: Reception = {
  outcome: "refused",
  ...closeReasons.updateInapplicable,
};

function lookAt(
  doc: Y.Doc,
  authors: Authors,
  arrival: Arrival,
  budget: Pick<Budget, "clients" | "steps">,
): Admitted | Reception {
  const { connection, step, update, bytes } = arrival;
  if (!connection.listening) return { outcome: "nothing-new" };
  try {
    const inspection = inspect(update, bytes);
    const judgement = authors.judge(doc, connection, step, inspection);
    if (judgement.outcome === "refused") return judgement;
    if (isKnown(doc, inspection)) return { outcome: "nothing-new" };
    if (!standsWhereKnown(doc, inspection)) return { outcome: "refused", ...closeReasons.contentTaken };
    if (hasTooManyClients(doc, judgement, budget.clients))
      return { outcome: "refused", ...closeReasons.tooManyClients };
    const free = FREE_STEPS + structsOf(inspection);
    const most = free + Math.max(0, Math.min(MOST_STEPS, budget.steps));
    const steps = Math.max(0, mergeSteps(doc, inspection, most) - free);
    if (steps > most - free) return { outcome: "refused", ...closeReasons.documentTooTangled };
    const plain =
      judgement.excluded.length === 0 && appliesExactly(doc, inspection) && !setsUnsoundSpan(doc, inspection);
    return { arrival, inspection, judgement, plain, steps };
  } catch {
    return { outcome: "refused", ...closeReasons.updateMalformed };
  }
}

function structsOf({ claims }: Inspection): number {
  let count = 0;
  for (const { structs } of claims.values()) count += structs.length;
  return count;
}

/** Every clientID costs every state vector an entry, for ever. */
function hasTooManyClients(
  { store: { clients } }: Y.Doc,
  { newStructs }: AcceptedChange,
  max: number,
): boolean {
  // Each of the new structs is of another clientID.
  let unseen = 0;
  for (const { clientId } of newStructs) if (!clients.has(clientId)) unseen++;
  return unseen > 0 && clients.size + unseen > max;
}

/** Applies an update within a transaction; false when that left something behind that must not stay. */
function apply(doc: Y.Doc, update: Uint8Array): boolean {
  try {
    Y.applyUpdate(doc, update);
    return !dropUnconnected(doc);
  } catch {
    return false;
  }
}

function takeAlone(doc: Y.Doc, authors: Authors, admitted: Admitted): Run {
  const { arrival, inspection, judgement } = admitted;
  let effective: Uint8Array | null;
  try {
    effective = applyPlaced(doc, without(arrival.update, judgement.excluded), inspection);
  } catch {
    // Half of it may be in the document now.
    return broken([arrival], 0);
  }
  const ofOthers = judgement.excluded.length > 0;
  const reception: Reception =
    dropUnconnected(doc) || ofOthers
      ? { outcome: "gap", ofOthers }
      : { outcome: effective === null ? "nothing-new" : "applied" };
  const taken = effective === null ? [] : [attributed(doc, authors, admitted, effective)];
  const receptions = [[arrival, reception]] as const;
  return { taken, merged: effective, receptions, steps: admitted.steps, broken: false, suspects: 0 };
}

function attributed(
  doc: Y.Doc,
  authors: Authors,
  { arrival, judgement }: Admitted,
  update: Uint8Array,
): Taken {
  const { proven, relayed, bindings } = authors.attribute(doc, arrival.connection, judgement, update);
  return { arrival, update, proven, relayed, bindings };
}

/** Throws away what Yjs parked for want of something it builds on: it would grow, be encoded into every answer, and never be committed. */
export function dropUnconnected({ store }: Y.Doc): boolean {
  const gap = store.pendingStructs !== null || store.pendingDs !== null;
  store.pendingStructs = null;
  store.pendingDs = null;
  return gap;
}

/** What Yjs tidied after the last change is part of it. */
function withTidied(taken: readonly Taken[], tidied: readonly Uint8Array[]): readonly Taken[] {
  const last = taken.at(-1);
  if (!last || tidied.length === 0) return taken;
  return [...taken.slice(0, -1), { ...last, update: Y.mergeUpdates([last.update, ...tidied]) }];
}

function mergedWith(merged: Uint8Array | null, tidied: readonly Uint8Array[]): Uint8Array | null {
  return merged === null || tidied.length === 0 ? merged : Y.mergeUpdates([merged, ...tidied]);
}
