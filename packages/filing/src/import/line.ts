import type { Run } from "./blocks.js";
import { type Look, plainLook, transformed } from "./look.js";

// Present in the source for layout engines only; they would break words for search and for the diff of two versions.
const invisible = /[\u00ad\u200b\u200e\u200f\u2060\ufeff]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\u0000-\u0008\u000b\u000e-\u001f\u007f]/g;

/** Gathers the text of one paragraph and collapses its white space as a browser would. */
export class Line {
  #runs: Run[] = [];
  #endsInSpace = true;

  /** What has been gathered so far: its runs, whether they show nothing, and the look of the first that shows. */
  get state(): { readonly runs: readonly Run[]; readonly blank: boolean; readonly look: Look } {
    for (const run of this.#runs) {
      if ("text" in run && run.text.trim() !== "") return { runs: this.#runs, blank: false, look: run.look };
    }
    return { runs: this.#runs, blank: true, look: plainLook };
  }

  addText(source: string, look: Look): void {
    const visible = source.replace(invisible, "").replace(control, "");
    if (look.preformatted) {
      this.#addPreformatted(visible, look);
      return;
    }
    let text = visible.replace(/[ \t\r\n\f]+/g, " ");
    if (this.#endsInSpace && text.startsWith(" ")) text = text.slice(1);
    if (text === "") return;
    this.#endsInSpace = text.endsWith(" ");
    this.#runs.push({ text: transformed(text, look), look });
  }

  /** A gap that the source made with a margin, where words would otherwise touch. */
  addGap(look: Look): void {
    if (!this.#endsInSpace) this.addText(" ", look);
  }

  /** Answers whether the break is the second in a row, by which old pages begin a paragraph. */
  addBreak(): boolean {
    const last = this.#lastThatShows();
    if (last !== undefined && !("text" in last)) return true;
    this.#runs.push({ lineBreak: true });
    this.#endsInSpace = true;
    return false;
  }

  /** Answers what was gathered, without space and breaks at its ends, and starts anew. */
  take(): Run[] {
    return trimEnd(trimStart(this.takeVerbatim()));
  }

  /** Answers what was gathered with the space at its ends, and starts anew. */
  takeVerbatim(): Run[] {
    const runs = this.#runs;
    this.#runs = [];
    this.#endsInSpace = true;
    return runs;
  }

  #addPreformatted(text: string, look: Look): void {
    text.split(/\r\n|\r|\n/).forEach((part, index) => {
      if (index > 0) this.#runs.push({ lineBreak: true });
      if (part !== "") this.#runs.push({ text: transformed(part, look), look });
    });
    this.#endsInSpace = false;
  }

  #lastThatShows(): Run | undefined {
    return this.#runs.findLast((run) => !("text" in run) || run.text.trim() !== "");
  }
}

function trimStart(runs: readonly Run[]): Run[] {
  const first = runs.findIndex((run) => "text" in run && run.text.trim() !== "");
  if (first === -1) return [];
  const kept = runs.slice(first);
  const [head] = kept;
  if (head !== undefined && "text" in head) kept[0] = { ...head, text: head.text.trimStart() };
  return kept;
}

function trimEnd(runs: readonly Run[]): Run[] {
  const last = runs.findLastIndex((run) => "text" in run && run.text.trim() !== "");
  const kept = runs.slice(0, last + 1);
  const tail = kept.at(-1);
  if (tail !== undefined && "text" in tail) kept[last] = { ...tail, text: tail.text.trimEnd() };
  return kept;
}
