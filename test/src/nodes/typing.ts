import { setTimeout as delay } from "node:timers/promises";
import type * as Y from "yjs";

/** Someone who types words into a text, here and there, until told to stop. */
export interface Typist {
  /** Letters typed so far. */
  readonly letters: number;
  /** Changes made so far: one for each word. */
  readonly changes: number;
  /** Resolves when the last word is typed. */
  stop(): Promise<void>;
}

/** Begins to type, with pauses of at most so many milliseconds. */
export function startTyping(text: Y.Text, name: string, random: () => number, pause: number): Typist {
  let running = true;
  let letters = 0;
  let changes = 0;
  const typed = (async () => {
    while (running) {
      const word = `<${name}.${changes}>`;
      text.insert(Math.floor(random() * (text.length + 1)), word);
      letters += word.length;
      changes++;
      await delay(random() * pause);
    }
  })();
  return {
    get letters() {
      return letters;
    },
    get changes() {
      return changes;
    },
    stop: () => {
      running = false;
      return typed;
    },
  };
}
