import { draws, seeds } from "@onrecord/core/testing/random";
import { expect, it } from "vitest";
import * as Y from "yjs";
import { plainContent } from "../testing/plain.js";
import { randomHistory, replay } from "../testing/random-history.js";
import { applyCommitted } from "./apply-committed.js";
import { encodeState } from "./encoded-state.js";

it("a version is the same from every checkpoint, change by change, and all at once, also where characters were cut", () => {
  let cut = 0;
  for (const seed of seeds(60)) {
    const { versions } = randomHistory(seed, 40, { wide: true });
    const random = draws(seed * 19);
    const version = 1 + random(versions.length);
    const checkpoint = random(version);
    const wanted = plainContent(replay(versions, version));
    if (JSON.stringify(wanted).includes("\ufffd")) cut++;
    const loaded = new Y.Doc();
    applyCommitted(loaded, encodeState(replay(versions, checkpoint)).state);
    for (const { update } of versions.slice(checkpoint, version)) applyCommitted(loaded, update);
    const atOnce = new Y.Doc();
    atOnce.transact(() => {
      for (const { update } of versions.slice(0, version)) Y.applyUpdate(atOnce, update);
    });
    const told = `ONRECORD_SEED=${seed}, version ${version} from ${checkpoint}`;
    expect(plainContent(loaded), told).toEqual(wanted);
    expect(plainContent(atOnce), told).toEqual(wanted);
  }
  expect(cut).toBeGreaterThan(0);
});
