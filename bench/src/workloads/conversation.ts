import {
  conversationField,
  effectOf,
  findConversation,
  Knowledge,
  type Line,
  readConversation,
} from "../corpus/conversation.js";
import { Failure } from "../failure.js";
import type { Client } from "../load/client.js";
import { same, textOf } from "../load/convergence.js";
import { Fleet } from "../load/fleet.js";
import type { Settings } from "../load/job.js";
import { percentiles } from "../measure/statistics.js";
import { Recorder, startStopwatch } from "../measure/window.js";
import { rateColumns, type Workload } from "./workload.js";

/** Share of the trace that is played on another document first. */
const WARM_UP = 0.15;
/** Lines that one client may have under way. */
const AHEAD = 64;

/** (g) */
export const conversation: Workload = {
  name: "conversation",
  about: `The live session of three people (clownschool, 23 136 changes) by three clients, each sending a line as soon as it has received what the line was typed on, at most ${AHEAD} ahead.`,
  columns: rateColumns("change"),
  documents: () => 2,
  limits: { ONRECORD_MAX_CHANGES_PER_SECOND: "1000000" },
  missing({ traces }) {
    const found = findConversation(traces);
    return "missing" in found ? found.missing : undefined;
  },
  async run(target, settings) {
    using fleet = new Fleet(target);
    const [document, other] = target.documents;
    const scale = Math.min(1, settings.scale);
    await play(fleet, other!, read(settings, scale * WARM_UP), new Recorder());

    const byAgent = read(settings, scale);
    const recorder = new Recorder();
    const stopwatch = startStopwatch(target);
    recorder.open();
    const participants = await play(fleet, document!, byAgent, recorder);
    const numbers = stopwatch(byAgent.flat().length);

    const all = byAgent.flat().sort((a, b) => a.index - b.index);
    const expected = textOf(
      all.map(({ update }) => update),
      conversationField,
    );
    for (const { client, kept } of participants)
      same(textOf([client.initial, ...kept], conversationField), expected, "a participant");
    const late = await fleet.openOne(document!);
    same(textOf([late.initial], conversationField), expected, "a client that came late");
    return { ...numbers, ...percentiles(recorder.latencies) };
  },
};

function read({ traces }: Settings, share: number): Line[][] {
  const found = findConversation(traces);
  if ("missing" in found) throw new Failure(found.missing);
  return readConversation(found.path, share);
}

interface Participant {
  readonly client: Client;
  readonly mine: readonly Line[];
  /** When each of its lines was sent. */
  readonly sentAt: number[];
  /** What it sent and received, in the order in which an editor would have applied it. */
  readonly kept: Uint8Array[];
  readonly knowledge: Knowledge;
  /** Lines received of each agent. */
  readonly received: number[];
}

/** Sends every line once its sender has received what it builds on; resolves when everyone has received everything. */
async function play(
  fleet: Fleet,
  document: string,
  byAgent: Line[][],
  recorder: Recorder,
): Promise<Participant[]> {
  const clients = await fleet.open(byAgent.map(() => document));
  const participants: Participant[] = byAgent.map((mine, agent) => ({
    client: clients[agent]!,
    mine,
    sentAt: [],
    kept: [],
    knowledge: new Knowledge(),
    received: byAgent.map(() => 0),
  }));
  const ahead = (agent: number) =>
    participants[agent]!.sentAt.length -
    Math.min(...participants.filter((_, other) => other !== agent).map(({ received }) => received[agent]!));
  const pump = (agent: number) => {
    const { client, mine, sentAt, kept, knowledge, received } = participants[agent]!;
    for (let line = mine[sentAt.length]; line; line = mine[sentAt.length]) {
      if (ahead(agent) >= AHEAD || line.needs.some((count, of) => received[of]! < count)) return;
      sentAt.push(performance.now());
      kept.push(line.update);
      knowledge.learn(line.brings);
      client.sendUpdate(line.update);
    }
  };
  for (const [agent, { client, kept, knowledge, received }] of participants.entries())
    client.onUpdate = (update) => {
      const at = performance.now();
      kept.push(update.slice());
      knowledge.learn(effectOf(update));
      for (const [of, author] of participants.entries()) {
        if (of === agent) continue;
        // A server keeps the order of one sender.
        let count = received[of]!;
        for (; count < author.sentAt.length && knowledge.has(author.mine[count]!.brings); count++)
          recorder.latency(at - author.sentAt[count]!);
        received[of] = count;
        pump(of);
      }
      pump(agent);
    };
  for (const agent of participants.keys()) pump(agent);
  const open = () =>
    participants.reduce(
      (sum, { received }, agent) =>
        sum + byAgent.reduce((rest, { length }, of) => rest + (of === agent ? 0 : length - received[of]!), 0),
      0,
    );
  await fleet.until(() => open() === 0, open, "every line to arrive");
  return participants;
}
