import { sentence } from "../failure.js";
import { Client } from "../load/client.js";
import { Random } from "../load/random.js";
import { Typist } from "../load/typist.js";
import { percentile } from "../measure/statistics.js";
import { clock } from "./clock.js";
import { targetOf } from "./nodes.js";
import type { Answer, Ask, Seat } from "./writers.js";

/** Keystrokes of one writer in a second: more than a person's, so that a short stall meets one. */
const PER_SECOND = 20;
/** How long a keystroke may go without its acknowledgement, in milliseconds. */
const PATIENCE = 60_000;

/** When each keystroke was sent, and when it was acknowledged; undefined before. */
const keystrokes: { readonly sentAt: number; ackedAt: number | undefined }[] = [];
const random = new Random(1);

process.on("message", (message) => {
  // Only our own parent has the other end of this channel.
  handle(message as Ask).then(tell, (error: unknown) => tell({ kind: "lost", why: sentence(error) }));
});
process.once("disconnect", () => process.exit(0));

async function handle(ask: Ask): Promise<Answer> {
  switch (ask.kind) {
    case "type":
      for (const seat of ask.seats) await type(seat);
      return { kind: "typing" };
    case "between":
      return between(ask.from, ask.to);
  }
}

async function type({ url, documentId, token }: Seat): Promise<void> {
  const client = await Client.open(targetOf(url), documentId, token);
  const typist = new Typist(random.clientId());
  /** Keystrokes that are not acknowledged, with their numbers on the connection. */
  const open: { readonly number: number; readonly keystroke: (typeof keystrokes)[number] }[] = [];
  client.onLost = (why) => tell({ kind: "lost", why });
  client.onAck = (received) => {
    const ackedAt = clock();
    while (open[0] !== undefined && open[0].number <= received) open.shift()!.keystroke.ackedAt = ackedAt;
  };
  const interval = 1000 / PER_SECOND;
  let due = clock() + random.next() * interval;
  setInterval(() => {
    for (const now = clock(); due <= now; due += interval) {
      const keystroke = { sentAt: clock(), ackedAt: undefined };
      keystrokes.push(keystroke);
      client.sendUpdate(typist.next());
      open.push({ number: client.changes, keystroke });
    }
  }, 1);
}

/** The longest and the median time to the acknowledgement of what was sent in a span. Waits until all of it is acknowledged. */
async function between(from: number, to: number): Promise<Answer> {
  const sent = keystrokes.filter(({ sentAt }) => sentAt >= from && sentAt < to);
  const end = clock() + PATIENCE;
  while (sent.some(({ ackedAt }) => ackedAt === undefined)) {
    if (clock() > end) throw new Error("a keystroke was never acknowledged");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const times = sent.map(({ sentAt, ackedAt }) => ackedAt! - sentAt);
  return { kind: "between", worst: Math.max(...times), median: percentile(times, 0.5), count: times.length };
}

function tell(answer: Answer): void {
  process.send?.(answer);
}
