import { setTimeout as delay } from "node:timers/promises";
import { createContext } from "@onrecord/platform/context";
import { createLogger } from "@onrecord/platform/log";
import { readEnvironment } from "../env.js";
import { type House, openHouse } from "../house.js";
import { print, tell } from "../output.js";
import { type Part, readParts } from "../parts.js";
import { onStopSignal } from "../signals.js";

/** How long saying goodbye may take once the database is lost, in milliseconds. */
const LAST_WORDS = 3000;

/** `onrecord start [service...]`: serves until it is told to stop, and ends the process. */
export async function start(words: readonly string[]): Promise<never> {
  const parts = readParts(words);
  const stop = Promise.withResolvers<"stop">();
  let stopping = false;
  onStopSignal(() => {
    stopping = true;
    stop.resolve("stop");
  });
  const { house, fatal } = await open(parts).catch((error: unknown) => {
    // Ctrl-C reaches the programs that a start runs too; that they ended is no fault then.
    if (stopping) process.exit(0);
    throw error;
  });
  print(`Onrecord is ready at ${house.url}`);
  const end = await Promise.race([stop.promise, fatal]);
  if (end === "stop") {
    await house[Symbol.asyncDispose]();
    process.exit(0);
  }
  tell(end);
  await Promise.race([close(house), delay(LAST_WORDS)]);
  process.exit(1);
}

/** Without its database a house cannot end in order; what it says about that helps nobody. */
async function close(house: House): Promise<void> {
  try {
    await house[Symbol.asyncDispose]();
  } catch {}
}

async function open(parts: readonly Part[]) {
  const { config, secrets } = readEnvironment();
  const onProgress = (step: string) => tell(`Onrecord is ${step} …`);
  const context = await createContext(config, secrets, createLogger(config.logLevel), { onProgress });
  return { house: await openHouse(context, parts, onProgress), fatal: context.fatal };
}
