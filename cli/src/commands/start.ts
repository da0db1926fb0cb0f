import { setTimeout as delay } from "node:timers/promises";
import { type AppContext, createContext } from "@onrecord/context/context";
import { limitCatalogue } from "@onrecord/core/limits";
import { createLogger } from "@onrecord/core/log";
import { within } from "@onrecord/core/within";
import { readEnvironment } from "../env.js";
import { type Node, startNode } from "../node.js";
import { print } from "../output.js";
import { readServiceNames, type ServiceName } from "../service-names.js";
import type { Voice } from "../serving.js";
import { onStopSignal } from "../signals.js";

/** How long saying goodbye may take once the database is lost, in milliseconds. */
const LAST_WORDS = 3000;

/** `onrecord start [service...]`: serves until it is told to stop, and ends the process. */
export async function start(words: readonly string[], voice: Voice): Promise<never> {
  const services = readServiceNames(words);
  const stop = Promise.withResolvers<"stop">();
  onStopSignal(() => stop.resolve("stop"));
  const opening = open(services, voice);
  const opened = await Promise.race([opening, stop.promise]);
  if (opened === "stop") process.exit((await abandon(opening, voice)) ? 0 : 1);
  const { node, context } = opened;
  print(`Onrecord is ready at ${node.url}`);
  const end = await Promise.race([stop.promise, context.fatal]);
  if (end === "stop") process.exit((await leave(node, context, voice)) ? 0 : 1);
  voice.fatal(end);
  await Promise.race([close(node), delay(LAST_WORDS)]);
  process.exit(1);
}

/** Ends what is still being started. Ctrl-C reaches the programs that a start runs too; that they ended is no fault then. */
async function abandon(opening: ReturnType<typeof open>, voice: Voice): Promise<boolean> {
  let left = true;
  const ended = opening.then(async ({ node, context }) => {
    left = await leave(node, context, voice);
  });
  if (await within(limitCatalogue.stopSeconds.value * 1000, ended)) return left;
  voice.fatal("Onrecord was told to end while it was starting, and could not in time");
  return false;
}

/** Ends in order, in bounded time: whether it could, with everything on the record that happened. What is not is told. */
async function leave(node: Node, context: AppContext, voice: Voice): Promise<boolean> {
  const before = context.unrecorded();
  context.hurry();
  const { stopSeconds } = context.config.limits;
  let fault: unknown;
  const left = async () => {
    try {
      await node[Symbol.asyncDispose]();
    } catch (error) {
      fault = error;
    }
  };
  const inOrder = (await within(stopSeconds * 1000, left())) && fault === undefined;
  if (!inOrder) voice.fatal(`Onrecord could not end in order within ${stopSeconds} seconds`, fault);
  const missing = context.tellUnrecorded() - before;
  if (missing > 0)
    voice.fatal(`Onrecord ended and could not record everything: ${missing} entries are in its log alone`);
  return inOrder && missing === 0;
}

/** Without its database a house cannot end in order; what it says about that helps nobody. */
async function close(node: Node): Promise<void> {
  try {
    await node[Symbol.asyncDispose]();
  } catch {}
}

async function open(services: readonly ServiceName[], voice: Voice) {
  const { config, secrets } = readEnvironment();
  const onProgress = (step: string) => voice.progress(step);
  const log = createLogger(config.logLevel, config.nodeName);
  const context = await createContext(config, secrets, log, { onProgress });
  // However it ends, in order, by a second signal or by an error that nobody caught.
  process.once("exit", () => context.tellUnrecorded());
  return { node: await startNode(context, services, onProgress), context };
}
