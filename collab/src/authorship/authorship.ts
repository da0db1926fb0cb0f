import { type CloseReason, closeReasons } from "@onrecord/collab-protocol/protocol";
import * as Y from "yjs";
import { type Claim, type Inspection, isGone } from "../updates/inspect.js";
import { sameStructs } from "../updates/same-structs.js";
import type { Bindings } from "./bindings.js";
import type { ClockRanges } from "./clock-ranges.js";

/**
 * How a change arrived: as the answer to a SyncStep1, or as an Update, which a stock client sends of what was typed into it; or as a part
 * of a larger one that was not typed so, and that ends with another.
 */
export type Step = "step2" | "update" | "part";

/** Structs of a clientID that the document lacks: from which clock on, and whose; null where that is not proven. */
export interface NewStructs {
  readonly clientId: number;
  readonly clock: number;
  readonly userId: string | null;
}

/** A change that may be applied. */
export interface AcceptedChange {
  readonly outcome: "admitted";
  readonly newStructs: readonly NewStructs[];
  /** ClientIDs whose structs are left out: an editor that writes with them is connected and brings them itself. */
  readonly excluded: readonly number[];
  /** Nobody typed it just now: it comes from a sync or out of a store, and its deletes may be anyone's. */
  readonly relayed: boolean;
}

/** What is decided on a change. */
export type Judgement = AcceptedChange | ({ readonly outcome: "refused" } & CloseReason);

/** A change, before it is applied to `doc`. */
export interface IncomingChange {
  readonly doc: Y.Doc;
  readonly userId: string;
  /** The clientID that the connection says its editor writes with. */
  readonly spokenBy: number | undefined;
  readonly step: Step;
  readonly inspection: Inspection;
}

/** What a change is judged by. */
export interface Knowledge {
  readonly bindings: Bindings;
  /** Structs of others that had no content when they were relayed here. */
  readonly cameEmpty: ClockRanges;
  /** The user that a clientID belongs to. */
  ownerOf(clientId: number): string | undefined;
  /** Whether a user has the document open. */
  isHere(userId: string): boolean;
  /** Whether a user has it open in the editor that writes with a clientID. */
  isWriting(userId: string, clientId: number): boolean;
}

/**
 * Deleted content takes clocks and costs no bytes, so a few bytes could take the place of everything that an absent owner has written
 * and not sent. Real documents bring it too (what was typed and taken back, the inside of a deleted paragraph), though not by the
 * thousand in a dozen bytes: so many clocks for each byte are taken for honest. What is, is remembered for the owner's return.
 */
const MAX_GONE = 8;

/**
 * Decides whose the structs of a change are. Every struct names the clientID that made it, and nothing proves that it did but who
 * brings it: what its owner brings is its own, what others bring is relayed, and nobody takes the clocks of someone who is here.
 */
export function judge(
  known: Knowledge,
  { doc, userId, spokenBy, step, inspection }: IncomingChange,
): Judgement {
  if (inspection.subdocuments) return refused(closeReasons.subdocuments);
  // What is typed has one clientID: the editor's own. An Update with several comes out of a store that was slower than the line.
  const typed = step === "update" && inspection.claims.size <= 1;
  const newStructs: NewStructs[] = [];
  const excluded: number[] = [];
  for (const [clientId, claim] of inspection.claims) {
    const clock = Y.getState(doc.store, clientId);
    const owner = known.ownerOf(clientId);
    if (owner === userId) {
      // Somebody may have written under its clocks while it was away, and then its own would pass for known and be lost.
      const to = Math.min(claim.to, clock);
      if (
        known.bindings.unproven(clientId, claim.from, to) &&
        !sameStructs(doc, inspection, clientId, to, known.cameEmpty)
      )
        return refused(closeReasons.contentTaken);
      if (claim.to > clock) newStructs.push({ clientId, clock, userId });
      continue;
    }
    if (claim.to <= clock) continue;
    if (owner === undefined) {
      // An editor without presence is known by what is typed into it: one clientID, and not one that somebody else may have begun.
      const first = typed && spokenBy === undefined && !known.bindings.unprovenFrom.has(clientId);
      newStructs.push({ clientId, clock, userId: first ? userId : null });
      continue;
    }
    if ((typed && known.isHere(owner)) || gone(claim, clock) > MAX_GONE * inspection.bytes)
      return refused(closeReasons.updateForged);
    if (known.isWriting(owner, clientId)) excluded.push(clientId);
    else newStructs.push({ clientId, clock, userId: null });
  }
  return { outcome: "admitted", newStructs, excluded, relayed: !typed };
}

/** The update without any structs of some clientIDs; its deletes stay. */
export function without(update: Uint8Array, clientIds: readonly number[]): Uint8Array {
  if (clientIds.length === 0) return update;
  const all = new Map(clientIds.map((clientId) => [clientId, Number.MAX_SAFE_INTEGER]));
  return Y.diffUpdate(update, Y.encodeStateVector(all));
}

/** How many clocks from one on come without content. */
function gone({ structs }: Claim, clock: number): number {
  let sum = 0;
  for (const struct of structs)
    if (isGone(struct)) sum += Math.max(0, Math.min(struct.length, struct.id.clock + struct.length - clock));
  return sum;
}

function refused(why: CloseReason): Judgement {
  return { outcome: "refused", ...why };
}
