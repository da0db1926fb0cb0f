import { type ContentFormat, type DocumentKind, readContent } from "@onrecord/filing/content";
import type { Attribution, Gathered, WantedDifference, WantedVersion } from "../attribution/attribution.js";
import type { ChangeIndex, Origin } from "../attribution/change-index.js";
import type { Root } from "../attribution/content-tree.js";
import { attribute } from "../attribution/question.js";
import type { History } from "../store/history.js";
import { madeOf, make, structsOf } from "../store/made.js";
import type { Answer } from "./ask.js";
import { INLINE, type Reader, type ReadingThreads } from "./reading-threads.js";

/** A value, or the JSON of one that is large, in UTF-8: to parse that, only to write it again, would hold everyone up. */
export type Payload<T> = { readonly value: T } | { readonly json: Uint8Array };

/** What is read of a document. */
export interface WantedContent {
  readonly version: number | undefined;
  readonly kind: DocumentKind;
  readonly format: ContentFormat;
}

/** A content, with what it took. */
export interface ReadContent<Text> {
  readonly version: number;
  readonly text: Text;
  readonly characters: number;
  readonly structs: number;
}

/** Who wrote what, or what changed. */
export interface ReadAttribution {
  readonly version: number;
  readonly origins: readonly Origin[];
  readonly roots: Payload<readonly Root[]>;
}

/** An index of more entries than this is not put in order in the thread that serves people. */
const INLINE_ENTRIES = 20_000;

const EVERYTHING = { changes: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY };

/**
 * Reads documents for those who ask a node: what is small in this thread, as that takes a moment, all else on the reading threads. Errors
 * are those of loading, of `Attribution` and of `ReadingThreads`.
 */
export class Readings {
  constructor(
    private readonly history: History,
    private readonly attribution: Attribution,
    private readonly threads: ReadingThreads,
  ) {}

  /** The content of a version, or of the head. */
  async content(
    documentId: string,
    wanted: WantedContent,
    reader: Reader,
  ): Promise<ReadContent<Payload<string>>> {
    const small = await this.#small(documentId, wanted);
    if (small) return { ...small, text: { value: small.text } };
    const { text, ...written } = await this.#large(documentId, wanted, reader, true);
    return { ...written, text: { json: text } };
  }

  /** The content as it is written into a file: text, or what is text in UTF-8. */
  async file(documentId: string, wanted: WantedContent, reader: Reader): Promise<string | Uint8Array> {
    const read =
      (await this.#small(documentId, wanted)) ?? (await this.#large(documentId, wanted, reader, false));
    return read.text;
  }

  /** Who wrote what in a version, or in the head. */
  async version(documentId: string, wanted: WantedVersion, reader: Reader): Promise<ReadAttribution> {
    const small = await this.attribution.gatherVersion(documentId, wanted, INLINE);
    return (
      (await this.#told(small)) ??
      this.#tell(reader, () => this.attribution.gatherVersion(documentId, wanted))
    );
  }

  /** What lies between two versions. */
  async difference(documentId: string, wanted: WantedDifference, reader: Reader): Promise<ReadAttribution> {
    const gather = (withChanges: boolean) =>
      this.attribution.gatherDifference(documentId, wanted, withChanges);
    const small = await this.attribution.gatherDifference(documentId, wanted, false, INLINE);
    return (
      (await this.#told(small)) ??
      (await this.#tell(
        reader,
        () => gather(false),
        () => gather(true),
      ))
    );
  }

  async #small(
    documentId: string,
    { version, kind, format }: WantedContent,
  ): Promise<ReadContent<string> | null> {
    const replay = await this.history.replay(documentId, version, INLINE);
    if (replay === null) return null;
    const doc = make(madeOf(replay));
    const text = readContent(doc, kind, format);
    const structs = structsOf(doc);
    doc.destroy();
    return { version: replay.version, text, characters: text.length, structs };
  }

  async #large(
    documentId: string,
    { version, kind, format }: WantedContent,
    reader: Reader,
    quoted: boolean,
  ): Promise<ReadContent<Uint8Array>> {
    let at = version;
    const written = await this.threads.ask("content", reader, async () => {
      // Nothing is too much.
      const replay = await this.history.replay(documentId, version, EVERYTHING);
      at = replay!.version;
      return { kind: "content", of: madeOf(replay!), document: kind, format, quoted };
    });
    return { ...written, version: at! };
  }

  /** Answers in this thread; null where that takes too long. */
  async #told(gathered: Gathered | null): Promise<ReadAttribution | null> {
    if (gathered === null || gathered.bytes > INLINE.bytes) return null;
    const index = await gathered.index();
    if (index.size > INLINE_ENTRIES) return null;
    const { origins, roots, wantsChanges } = attribute(gathered.question, index);
    if (wantsChanges) return null;
    return { version: gathered.question.version, origins, roots: { value: roots } };
  }

  async #tell(
    reader: Reader,
    gather: () => Promise<Gathered>,
    gatherMore?: () => Promise<Gathered>,
  ): Promise<ReadAttribution> {
    let version = 0;
    const ask = async (from: () => Promise<Gathered>): Promise<Extract<Answer, { kind: "attribution" }>> =>
      this.threads.ask("attribution", reader, async () => {
        const { question, index } = await from();
        version = question.version;
        return { kind: "attribution", question, index: await this.#packed(await index()) };
      });
    let told = await ask(gather);
    if (told.wantsChanges && gatherMore) told = await ask(gatherMore);
    return { version, origins: told.origins, roots: { json: told.roots } };
  }

  #packed(index: ChangeIndex) {
    return index.pack(this.history.lane.begin());
  }
}
