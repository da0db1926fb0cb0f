import { setTimeout as delay } from "node:timers/promises";
import { createContext } from "@onrecord/context/context";
import { createLogger } from "@onrecord/core/log";
import { readEnvironment } from "../env.js";
import { type Node, startNode } from "../node.js";
import { print, tell } from "../output.js";
import { readServiceNames, type ServiceName } from "../service-names.js";
import { onStopSignal } from "../signals.js";

/** How long saying goodbye may take once the database is lost, in milliseconds. */
const LAST_WORDS = 3000;

/** `onrecord start [service...]`: serves until it is told to stop, and ends the process. */
export async function start(words: readonly string[]): Promise<never> {
  const services = readServiceNames(words);
  const stop = Promise.withResolvers<"stop">();
  let stopping = false;
  onStopSignal(() => {
    stopping = true;
    stop.resolve("stop");
  });
  const { node, fatal } = await open(services).catch((error: unknown) => {
    // Ctrl-C reaches the programs that a start runs too; that they ended is no fault then.
    if (stopping) process.exit(0);
    throw error;
  });
  print(`Onrecord is ready at ${node.url}`);
  const end = await Promise.race([stop.promise, fatal]);
  if (end === "stop") {
    await node[Symbol.asyncDispose]();
    process.exit(0);
  }
  tell(end);
  await Promise.race([close(node), delay(LAST_WORDS)]);
  process.exit(1);
}

/** Without its database a house cannot end in order; what it says about that helps nobody. */
async function close(node: Node): Promise<void> {
  try {
    await node[Symbol.asyncDispose]();
  } catch {}
}

async function open(services: readonly ServiceName[]) {
  const { config, secrets } = readEnvironment();
  const onProgress = (step: string) => tell(`Onrecord is ${step} …`);
  const context = await createContext(config, secrets, createLogger(config.logLevel), { onProgress });
  return { node: await startNode(context, services, onProgress), fatal: context.fatal };
}
