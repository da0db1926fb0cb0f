import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Random } from "@onrecord/core/testing/random";
import * as Y from "yjs";

/** The updates of a real session of three people, one a line, where the traces lie; undefined where they do not. */
export function readSession(traces: string): Uint8Array[] | undefined {
  const path = join(traces, "clownschool.yjs13.ndjson.gz");
  if (!existsSync(path)) return undefined;
  return gunzipSync(readFileSync(path))
    .toString()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => new Uint8Array(Buffer.from((JSON.parse(line) as { update: string }).update, "base64")));
}

/** A session of two made-up people, for where there is no real one. */
export function makeSession(random: Random): Uint8Array[] {
  const updates: Uint8Array[] = [];
  const docs = [new Y.Doc(), new Y.Doc()];
  for (const doc of docs) {
    doc.clientID = random.int(1, 2 ** 31);
    doc.on("update", (update: Uint8Array, origin: unknown) => {
      if (origin === "elsewhere") return;
      updates.push(update);
      for (const other of docs) if (other !== doc) Y.applyUpdate(other, update, "elsewhere");
    });
  }
  for (let i = 0; i < 2000; i++) {
    const text = random.pick(docs).getText("content");
    const at = random.int(0, text.length);
    if (random.chance(0.8)) text.insert(at, random.word());
    else if (at < text.length) text.delete(at, random.int(1, Math.min(5, text.length - at)));
  }
  return updates;
}
