import { unitAt } from "@onrecord/history/attribution/whole-text";
import * as Y from "yjs";
import type { Damage, Decoded, Detector, Version } from "./damage.js";

const PAIR = /[\ud800-\udbff][\udc00-\udfff]/;

type Cut = (client: number, clock: number) => void;

/** Text of an item that tells when a character of two units in it is cut; Yjs then puts U+FFFD in place of both halves. */
class WatchedText extends Y.ContentString {
  constructor(
    text: string,
    private readonly client: number,
    private readonly clock: number,
    private readonly onCut: Cut,
  ) {
    super(text);
  }

  override splice(offset: number): Y.ContentString {
    if (PAIR.test(this.str.slice(offset - 1, offset + 1))) this.onCut(this.client, this.clock + offset - 1);
    const right = super.splice(offset);
    return new WatchedText(right.str, this.client, this.clock + offset, this.onCut);
  }
}

interface CutIn extends Version {
  readonly client: number;
  readonly clock: number;
}

/** Finds characters that came whole and were cut by a later version. */
export class CutCharacters implements Detector {
  readonly #cuts: CutIn[] = [];
  #now: Version | undefined;

  before(_doc: Y.Doc, _change: Decoded, version: Version): void {
    this.#now = version;
  }

  after(doc: Y.Doc, { structs }: Decoded): void {
    for (const { id, ...struct } of structs) {
      if (!("content" in struct) || !(struct.content instanceof Y.ContentString)) continue;
      if (!PAIR.test(struct.content.str)) continue;
      // Yjs may have joined it to what stands before it.
      const item = Y.getItem(doc.store, id);
      if (!(item instanceof Y.Item) || !(item.content instanceof Y.ContentString)) continue;
      if (item.content instanceof WatchedText) continue;
      item.content = new WatchedText(item.content.str, item.id.client, item.id.clock, this.#cut);
    }
  }

  found(head: Y.Doc): Damage[] {
    // What was deleted since, or written anew by a restore, is mended.
    const shown = this.#cuts.filter(({ client, clock }) =>
      [clock, clock + 1].some((unit) => unitAt(head, client, unit) !== null),
    );
    return [...Map.groupBy(shown, ({ version }) => version)].map(([version, cuts]) => ({
      version,
      kind: "CUT_CHARACTERS",
      count: cuts.length,
      carrierId: cuts[0]?.carrierId ?? null,
      text: `${cuts.length === 1 ? "a character was" : `${cuts.length} characters were`} cut in half`,
    }));
  }

  readonly #cut: Cut = (client, clock) => {
    if (this.#now) this.#cuts.push({ ...this.#now, client, clock });
  };
}
