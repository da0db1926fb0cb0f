import { awarenessFrame, message, sync, syncFrame } from "@onrecord/collab-protocol/protocol";
import type { Random } from "@onrecord/core/testing/random";
import * as encoding from "lib0/encoding";
import { mutate } from "./mutate.js";
import type { Target } from "./target.js";
import { updateRecipes } from "./update-recipes.js";

/** One WebSocket message that is about to be sent. */
export interface Frame {
  /** What it is, in words that a fault can be told with. */
  readonly name: string;
  readonly data: Uint8Array;
  /** As a text message, whatever its bytes. */
  readonly text?: boolean;
  /** In how many fragments it is sent. */
  readonly fragments?: number;
}

/** A way to make a frame. */
interface FrameRecipe {
  readonly weight: number;
  readonly lies?: true;
  make(target: Target, limits: FrameLimits): Frame;
}

/** The sizes about which frames are made. */
export interface FrameLimits {
  readonly frameBytes: number;
  readonly awarenessBytes: number;
  /** Whether frames may contradict what their clients have shown to know, as damaged ones may. */
  readonly lies: boolean;
}

/** Makes the next frame of an attack. Most are such that an honest server takes them, or a socket would not live long enough to say much. */
export function makeFrame(target: Target, limits: FrameLimits): Frame {
  const frame = target.random.weighted(limits.lies ? recipes : honest).make(target, limits);
  return target.random.chance(0.03) && frame.data.length > 1
    ? { ...frame, fragments: target.random.int(2, Math.min(5, frame.data.length)) }
    : frame;
}

const recipes: readonly FrameRecipe[] = [
  { weight: 55, make: grammar },
  { weight: 12, make: (t) => ({ name: "typed by real people", data: t.traffic.nextTyped() }) },
  { weight: 8, make: (t) => ({ name: "recorded", data: t.traffic.some(t.random) }) },
  { weight: 3, lies: true, make: mutatedTraffic },
  { weight: 2, lies: true, make: mutatedGrammar },
  { weight: 10, make: presence },
  { weight: 4, make: step1 },
  { weight: 0.3, make: randomBytes },
  { weight: 0.05, make: (t) => ({ name: "text", data: Buffer.from(t.random.word()), text: true }) },
  {
    weight: 0.05,
    make: () => ({ name: "text that is no text", data: Uint8Array.of(0xff, 0xfe), text: true }),
  },
  { weight: 0.05, make: () => ({ name: "empty", data: new Uint8Array() }) },
  { weight: 0.05, make: nearTheLimit },
  {
    weight: 0.5,
    make: (t) => ({
      name: "another type",
      data: Uint8Array.of(t.random.pick([2, 3, 4, 9, 120, 121]), ...t.random.bytes(3)),
    }),
  },
];
const honest = recipes.filter(({ lies }) => !lies);
const honestUpdates = updateRecipes.filter(({ lies }) => !lies);

function mutatedTraffic({ random, traffic }: Target): Frame {
  return { name: "mutated traffic", data: mutate(random, traffic.some(random), traffic.some(random)) };
}

function grammar(target: Target, { lies }: FrameLimits): Frame {
  const recipe = target.random.weighted(lies ? updateRecipes : honestUpdates);
  const step = target.random.chance(0.8) ? sync.update : sync.step2;
  return { name: recipe.name, data: syncFrame(step, recipe.make(target)) };
}

/** The update is damaged inside a frame that is whole. */
function mutatedGrammar(target: Target): Frame {
  const recipe = target.random.weighted(updateRecipes);
  const update = mutate(target.random, recipe.make(target), target.random.bytes(16));
  return { name: `${recipe.name}, mutated`, data: syncFrame(sync.update, update) };
}

function presence(target: Target, { awarenessBytes }: FrameLimits): Frame {
  const { random } = target;
  const states = Array.from({ length: random.int(0, 3) }, () => ({
    client: random.pick([
      target.me(),
      target.me(),
      target.me(),
      random.int(0, 2 ** 53 - 1),
      random.pick([...target.victims, 7]),
    ]),
    clock: random.pick([0, 1, random.int(0, 1000), 2 ** 31, 2 ** 53 - 1]),
    json: random.weighted(presenceStates(awarenessBytes)).json(random),
  }));
  const count = random.chance(0.001) ? random.pick([2 ** 20, 2 ** 53 - 1]) : states.length;
  return {
    name: "presence",
    data: awarenessFrame(
      encoding.encode((encoder) => {
        encoding.writeVarUint(encoder, count);
        for (const { client, clock, json } of states) {
          encoding.writeVarUint(encoder, client);
          encoding.writeVarUint(encoder, clock);
          encoding.writeVarString(encoder, json);
        }
      }),
    ),
  };
}

const presenceStates = (limit: number): { weight: number; json(random: Random): string }[] => [
  {
    weight: 20,
    json: (random) =>
      JSON.stringify({ cursor: random.int(0, 1000), user: { name: "Mallory", id: "someone else" } }),
  },
  { weight: 20, json: () => "null" },
  { weight: 4, json: () => '{"__proto__":{"polluted":true},"user":{"__proto__":{"polluted":true}}}' },
  {
    weight: 4,
    json: (random) =>
      random.pick(["7", '"x"', "[]", "true", '{"user":null}', '{"user":"x"}', '{"user":[1]}']),
  },
  { weight: 0.02, json: (random) => random.pick(["", "{", "undefined", "NaN", '{"a":}']) },
  { weight: 0.02, json: (random) => `"${"p".repeat(limit + random.int(-4, 2))}"` },
  { weight: 0.02, json: (random) => nested(random.pick([100, 5000])) },
];

function nested(depth: number): string {
  return "[".repeat(depth) + "]".repeat(depth);
}

function step1(target: Target): Frame {
  const { random } = target;
  const clients = Array.from({ length: random.int(0, 4) }, () =>
    random.pick([target.someId().client, random.int(0, 2 ** 53 - 1)]),
  );
  const vector = encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, random.chance(0.003) ? 2 ** 53 - 1 : clients.length);
    for (const client of clients) {
      encoding.writeVarUint(encoder, client);
      encoding.writeVarUint(encoder, random.pick([0, 1, random.int(0, 100), 2 ** 40, 2 ** 53 - 1]));
    }
  });
  return {
    name: "a hostile state vector",
    data: syncFrame(sync.step1, random.chance(0.003) ? random.bytes(9) : vector),
  };
}

function randomBytes({ random }: Target): Frame {
  const bytes = random.bytes(random.int(1, 120));
  if (random.chance(0.7)) bytes[0] = random.pick([0, 1, 3]);
  if (random.chance(0.7) && bytes.length > 1) bytes[1] = random.pick([0, 1, 2]);
  return { name: "random bytes", data: bytes };
}

function nearTheLimit({ random }: Target, { frameBytes }: FrameLimits): Frame {
  const bytes = new Uint8Array(frameBytes + random.int(-2, 2));
  bytes[0] = random.pick([message.sync, message.awareness, message.auth, 99]);
  return { name: "a size near the limit", data: bytes };
}
