import { draws } from "@onrecord/core/testing/random";
import * as Y from "yjs";
import { effectiveUpdate, emittedBy } from "../edit/effective-update.js";
import { revertTo } from "../edit/revert.js";
import { randomEdit } from "./random-edit.js";

/** A version as the server would commit it. */
export interface RandomVersion {
  readonly update: Uint8Array;
  /** Whose connection brought it. */
  readonly carrierId: string;
  readonly at: Date;
  /** A restore brings characters back as new items, also such as have just gone. */
  readonly restored: boolean;
}

/** What came of random peers: the versions, and whose each clientID was. */
export interface RandomHistory {
  readonly versions: readonly RandomVersion[];
  readonly owners: ReadonlyMap<number, string>;
}

interface Peer {
  readonly doc: Y.Doc;
  /** Its own edits since it last told them one by one. */
  readonly outbox: Uint8Array[];
  readonly userId: string;
}

/**
 * Three people edit every type at once, offline and online: they meet the server at random moments, sometimes with everything they
 * have (others' edits included), reload into new clientIDs, and restore old versions. No character is ever used twice. With `wide`, each
 * is a surrogate pair, and they edit in UTF-16 units: every other edit cuts one.
 */
export function randomHistory(seed: number, length: number, { wide = false } = {}): RandomHistory {
  const random = draws(seed);
  const server = new Y.Doc();
  const versions: RandomVersion[] = [];
  const owners = new Map<number, string>();
  let clientID = seed * 1000;
  let character = wide ? 0x20000 : 0x4e00;
  const next = () => String.fromCodePoint(character++);
  const start = (userId: string): Peer => {
    const doc = new Y.Doc({ gc: random(2) === 0 });
    doc.clientID = ++clientID;
    owners.set(clientID, userId);
    const outbox: Uint8Array[] = [];
    doc.on("update", (update: Uint8Array, _origin, _doc, { local }) => void (local && outbox.push(update)));
    return { doc, outbox, userId };
  };
  const send = ({ userId }: Peer, update: Uint8Array, restored = false) => {
    const effective = isPlain(server, update)
      ? appliedAsItIs(server, update)
      : effectiveUpdate(server, update);
    if (effective === null) return;
    const at = new Date(Date.UTC(2026, 0, 1) + versions.length * 60_000);
    versions.push({ update: effective, carrierId: userId, at, restored });
  };

  const peers = ["ada", "bob", "cleo"].map(start);
  while (versions.length < length) {
    const index = random(3);
    const peer = peers[index]!;
    peer.doc.transact(() => {
      for (let edits = 1 + random(3); edits > 0; edits--) randomEdit(peer.doc, random, next);
    });
    switch (random(12)) {
      case 0: {
        // Two browsers meet without the server, and one brings what the other wrote.
        const other = peers[(index + 1) % 3]!;
        Y.applyUpdate(other.doc, Y.encodeStateAsUpdate(peer.doc, Y.encodeStateVector(other.doc)));
        break;
      }
      case 1:
        peers[index] = start(peer.userId);
        break;
      case 2: {
        const restorer = start(peer.userId);
        const old = replay(versions, random(versions.length + 1));
        const update = revertTo(old, server, restorer.doc.clientID);
        if (update) send(restorer, update, true);
        break;
      }
      case 3:
      case 4:
        break;
      case 5:
      case 6:
      case 7:
        // Online: each of its own edits in turn, as it made them.
        for (const update of peer.outbox.splice(0)) send(peer, update);
        break;
      default:
        // A reconnect re-sends the whole delete set; what is known already must count for nothing.
        send(peer, Y.encodeStateAsUpdate(peer.doc, Y.encodeStateVector(server)));
        if (random(2)) Y.applyUpdate(peer.doc, Y.encodeStateAsUpdate(server, Y.encodeStateVector(peer.doc)));
    }
  }
  return { versions, owners };
}

/** Whether all that an update says is new, and all that it builds on is there: a server may keep such an update as it came. */
function isPlain(doc: Y.Doc, update: Uint8Array): boolean {
  const { structs, ds } = Y.decodeUpdate(update);
  const { from, to } = Y.parseUpdateMeta(update);
  const state = ({ client, clock }: Y.ID) =>
    clock < Math.max(Y.getState(doc.store, client), to.get(client) ?? 0);
  const gone = Y.snapshot(doc).ds;
  for (const [client, clock] of from) if (clock !== Y.getState(doc.store, client)) return false;
  for (const struct of structs) {
    if (struct instanceof Y.Skip) return false;
    if (!(struct instanceof Y.Item)) continue;
    const named = [struct.origin, struct.rightOrigin, struct.parent instanceof Y.ID ? struct.parent : null];
    if (named.some((id) => id !== null && !state(id))) return false;
  }
  return [...ds.clients].every(([client, deletes]) =>
    deletes.every(({ clock, len }) =>
      Array.from({ length: len }, (_, i) => Y.createID(client, clock + i)).every(
        (id) => state(id) && !Y.isDeleted(gone, id),
      ),
    ),
  );
}

/** What followed from the update (with a type goes what is in it) is not told; what Yjs did beyond it is. */
function appliedAsItIs(doc: Y.Doc, update: Uint8Array): Uint8Array {
  const [, ...beyond] = emittedBy(doc, () => Y.applyUpdate(doc, update));
  return beyond.length === 0 ? update : Y.mergeUpdates([update, ...beyond]);
}

/** The document at a version, by applying every change up to it. */
export function replay(versions: readonly { update: Uint8Array }[], version: number, gc = true): Y.Doc {
  const doc = new Y.Doc({ gc });
  for (const { update } of versions.slice(0, version)) Y.applyUpdate(doc, update);
  return doc;
}
