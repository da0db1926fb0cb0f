import * as Y from "yjs";
import { checkWellFormed } from "./well-formed.js";

/** A struct as an update brings it. */
export type Struct = ReturnType<typeof Y.decodeUpdate>["structs"][number];

/** What an update says that a clientID made: structs in the clocks `[from, to)`. */
export interface Claim {
  readonly from: number;
  readonly to: number;
  readonly structs: readonly Struct[];
}

/** What an update claims, before any of it is believed. */
export interface Inspection {
  readonly claims: ReadonlyMap<number, Claim>;
  readonly deletes: ReturnType<typeof Y.decodeUpdate>["ds"];
  /** Whether it puts a document into the document. */
  readonly subdocuments: boolean;
  /** Its size, or that of the message that it is a part of. */
  readonly bytes: number;
}

/**
 * Decodes an update without applying it. Throws when it is malformed or nothing that Yjs writes. `bytes` is the size of the message that
 * it is a part of, if it is one.
 */
export function inspect(update: Uint8Array, bytes = update.length): Inspection {
  const decoded = Y.decodeUpdate(update);
  checkWellFormed(decoded);
  const { structs, ds } = decoded;
  const claims = new Map<number, { from: number; to: number; structs: Struct[] }>();
  let subdocuments = false;
  for (const struct of structs) {
    const { client, clock } = struct.id;
    const end = clock + struct.length;
    // A Skip stands for what the sender does not have either.
    if (struct instanceof Y.Skip) continue;
    if (struct instanceof Y.Item && struct.content instanceof Y.ContentDoc) subdocuments = true;
    const claim = claims.get(client);
    if (claim) {
      claim.from = Math.min(claim.from, clock);
      claim.to = Math.max(claim.to, end);
      claim.structs.push(struct);
    } else claims.set(client, { from: clock, to: end, structs: [struct] });
  }
  return { claims, deletes: ds, subdocuments, bytes };
}

/** Whether the update has structs that the document does not. */
export function bringsStructs(doc: Y.Doc, { claims }: Inspection): boolean {
  for (const [client, { to }] of claims) if (to > Y.getState(doc.store, client)) return true;
  return false;
}

/** Whether nothing can be read of a struct: a garbage-collected one, or the mark of deleted content. It takes clocks and costs no bytes. */
export function isGone(struct: Struct): boolean {
  return struct instanceof Y.GC || (struct instanceof Y.Item && struct.content instanceof Y.ContentDeleted);
}
