import { closeCode } from "@onrecord/collab-protocol/protocol";
import type { Random } from "@onrecord/core/testing/random";
import type * as Y from "yjs";
import type { Faults } from "../faults.js";
import { attack, codesForAttackers } from "./attacker.js";
import type { Traffic } from "./traffic.js";

/** What a storm is made of. */
export interface StormOptions {
  readonly rooms: string;
  readonly documentId: string;
  /** The document as an honest editor sees it. */
  readonly witness: Y.Doc;
  /** Tokens of those who may edit, and of one who may only look. */
  readonly writers: readonly string[];
  readonly viewer: string;
  readonly attackers: number;
  readonly random: Random;
  readonly traffic: Traffic;
  readonly frameBytes: number;
  readonly awarenessBytes: number;
  /** Whether it may say what contradicts itself, so that only the order of what is there is left open. */
  readonly lies: boolean;
  readonly faults: Faults;
}

/** Many attackers on one document at once. */
export class Storm {
  readonly closes = new Map<number, number>();

  constructor(private readonly options: StormOptions) {}

  /** Sends about so many frames. Resolves with how many the server is known to have handled. */
  async rage(frames: number, over: () => boolean): Promise<number> {
    const { attackers, faults } = this.options;
    const handled = await Promise.all(
      Array.from({ length: attackers }, async (_, number) => {
        // Whoever may only look is sent away for most of what it says, and would take all the time.
        const share = Math.ceil(frames / attackers / (this.#views(number) ? 20 : 1));
        let done = 0;
        while (done < share && !faults.enough && !over()) {
          done += await this.#attack(number, share - done);
        }
        return done;
      }),
    );
    return handled.reduce((sum, count) => sum + count, 0);
  }

  async #attack(number: number, frames: number): Promise<number> {
    const {
      rooms,
      documentId,
      witness,
      writers,
      viewer,
      random,
      traffic,
      frameBytes,
      awarenessBytes,
      lies,
      faults,
    } = this.options;
    const views = this.#views(number);
    const token = views ? viewer : writers[number % writers.length]!;
    return attack({
      url: `${rooms}/${documentId}?token=${token}&ack=1`,
      random: random.branch(),
      doc: witness,
      traffic,
      victims: () => [witness.clientID],
      limits: { frameBytes, awarenessBytes, lies },
      codes: views ? new Set([...codesForAttackers, closeCode.forbidden]) : codesForAttackers,
      frames,
      onFault: (fault) => faults.add(`${fault} (document ${documentId})`),
      onClose: (code) => this.closes.set(code, (this.closes.get(code) ?? 0) + 1),
    });
  }

  /** The last of them may only look. */
  #views(number: number): boolean {
    return number === this.options.attackers - 1;
  }
}
