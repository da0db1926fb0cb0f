import type { BusTransport, Envelope } from "@onrecord/bus/bus";

/** Of ten messages that arrive, about so many get lost, arrive twice, or arrive late. */
const LOST = 3;
const TWICE = 3;
const LATE = 4;
/** Lateness in milliseconds, at most: enough for many messages to overtake each other. */
const LATENESS = 600;

/** A real bus with a bad line to this node: it loses, repeats, delays and reorders what arrives. */
export class FaultyTransport implements BusTransport {
  readonly counts = { lost: 0, twice: 0, late: 0 };
  readonly #late = new Set<NodeJS.Timeout>();

  constructor(
    private readonly line: BusTransport,
    private readonly random: () => number,
  ) {}

  start(receive: (envelope: Envelope) => void, onGap: () => void): Promise<void> {
    return this.line.start((envelope) => {
      if (this.#happens(LOST)) return void this.counts.lost++;
      if (this.#happens(TWICE)) {
        this.counts.twice++;
        this.#deliver(receive, envelope);
      }
      this.#deliver(receive, envelope);
    }, onGap);
  }

  #deliver(receive: (envelope: Envelope) => void, envelope: Envelope): void {
    if (!this.#happens(LATE)) return receive(envelope);
    this.counts.late++;
    const timer = setTimeout(() => {
      this.#late.delete(timer);
      receive(envelope);
    }, this.random() * LATENESS);
    this.#late.add(timer);
  }

  #happens(ofTen: number): boolean {
    return this.random() * 10 < ofTen;
  }

  send(envelopes: readonly Envelope[]): Promise<void> {
    return this.line.send(envelopes);
  }

  ready(): boolean {
    return this.line.ready();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#late) clearTimeout(timer);
    await this.line[Symbol.asyncDispose]();
  }
}
