import * as Y from "yjs";
import type { Bindings } from "./bindings.js";
import { type Inspection, isGone } from "./inspect.js";
import { sameStructs } from "./same-structs.js";
import type { Speaker, Speakers } from "./speakers.js";

/** How a change arrived: as the answer to a SyncStep1, or as an Update, which a stock client sends of what was typed into it. */
export type Step = "step2" | "update";

/** Structs of a clientID that the document lacks: from which clock on, and whose; null where that is not proven. */
export interface Novelty {
  readonly clientId: number;
  readonly clock: number;
  readonly userId: string | null;
}

/** What is decided on a change. */
export type Judgement =
  | {
      readonly outcome: "admitted";
      readonly novelties: readonly Novelty[];
      /** ClientIDs whose structs are left out: an editor that writes with them is connected and brings them itself. */
      readonly aside: readonly number[];
    }
  | { readonly outcome: "refused"; readonly reason: string };

/** What a change is judged by. */
export interface Knowledge {
  readonly doc: Y.Doc;
  readonly bindings: Bindings;
  readonly speakers: Speakers;
  /** Whether a user has the document open. */
  connected(userId: string): boolean;
}

/** Deleted content takes clocks and costs no bytes. An honest client has some of it; this many times what stands around it, nobody has. */
const MAX_GONE = 8;

/** Whose a clientID is: bound by a change, or else said by an editor. */
export function ownerOf({ bindings, speakers }: Pick<Knowledge, "bindings" | "speakers">, clientId: number) {
  return bindings.ownerOf(clientId) ?? speakers.userOf(clientId);
}

/**
 * Decides whose the structs of a change are. Every struct names the clientID that made it, and nothing proves that it did but who
 * brings it: what its owner brings is its own, what others bring is carried, and nobody takes the clocks of someone who is here.
 */
export function judge(known: Knowledge, from: Speaker, step: Step, inspection: Inspection): Judgement {
  const { doc, bindings, speakers } = known;
  const { userId } = from.principal;
  if (inspection.subdocuments)
    return refused("subdocuments are not supported: put their content into the document itself");
  const novelties: Novelty[] = [];
  const aside: number[] = [];
  for (const [clientId, range] of inspection.ranges) {
    const clock = Y.getState(doc.store, clientId);
    const owner = ownerOf(known, clientId);
    if (owner === userId) {
      // Somebody may have written under its clocks while it was away, and then its own would pass for known and be lost.
      const to = Math.min(range.to, clock);
      if (
        bindings.unproven(clientId, range.from, to) &&
        !sameStructs(doc, inspection, clientId, range.from, to)
      )
        return refused(
          "the document has other content of this editor, brought by someone else: reload the page",
        );
      if (range.to > clock) novelties.push({ clientId, clock, userId });
      continue;
    }
    if (range.to <= clock) continue;
    if (owner === undefined) {
      const typed =
        step === "update" && speakers.clientOf(from) === undefined && inspection.ranges.size === 1;
      novelties.push({ clientId, clock, userId: typed ? userId : null });
      continue;
    }
    const { live, gone } = weigh(inspection, clientId, clock);
    const typedByAnother = step === "update" && known.connected(owner);
    if (typedByAnother || gone > MAX_GONE * inspection.bytes)
      return refused("the update writes in the name of another user");
    if (speakers.isOpen(clientId)) aside.push(clientId);
    // Deleted content is like any other's, so it could stand for what the owner has written and not sent yet. With content around it,
    // of which no forger can know what it should be, the owner's return brings it to light.
    else if (gone > MAX_GONE * live)
      return refused("the update takes the place of another user's content and has none itself");
    else novelties.push({ clientId, clock, userId: null });
  }
  return { outcome: "admitted", novelties, aside };
}

/** The update without any structs of some clientIDs; its deletes stay. */
export function without(update: Uint8Array, clientIds: readonly number[]): Uint8Array {
  if (clientIds.length === 0) return update;
  const all = new Map(clientIds.map((clientId) => [clientId, Number.MAX_SAFE_INTEGER]));
  return Y.diffUpdate(update, Y.encodeStateVector(all));
}

/** How many clocks of a clientID are new, with content and without. */
function weigh({ structs }: Inspection, clientId: number, clock: number): { live: number; gone: number } {
  let live = 0;
  let gone = 0;
  for (const struct of structs) {
    if (struct.id.client !== clientId || struct instanceof Y.Skip) continue;
    const length = Math.min(struct.length, struct.id.clock + struct.length - clock);
    if (length <= 0) continue;
    if (isGone(struct)) gone += length;
    else live += length;
  }
  return { live, gone };
}

function refused(reason: string): Judgement {
  return { outcome: "refused", reason };
}
