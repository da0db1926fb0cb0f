import { createLogger } from "@onrecord/core/log";
import { nodeName } from "./env.js";
import { sentenceOf } from "./failure.js";
import { tell } from "./output.js";

/** How a command that serves tells what goes on. */
export interface Voice {
  /** What is being done, in a few words. */
  progress(step: string): void;
  /** Why it ends; `error` is what nobody expected. */
  fatal(sentence: string, error?: unknown): void;
  /** What Node warns of. */
  warning(warning: Error): void;
}

/** To a person at a terminal. */
const spoken: Voice = {
  progress: (step) => tell(`Onrecord is ${step} …`),
  fatal: (sentence, error) => tell(error instanceof Error ? (error.stack ?? sentence) : sentence),
  warning: ({ name, message }) => tell(`${name}: ${message}`),
};

/** To whatever collects logs: lines of JSON, as all that follows. */
function written(): Voice {
  const log = createLogger("info", nodeName());
  return {
    progress: (step) => log.info(`Onrecord is ${step}`),
    fatal: (sentence, err) => log.fatal(err === undefined ? {} : { err }, sentence),
    warning: ({ name, message, stack }) => log.warn({ name, stack }, message),
  };
}

/**
 * Runs a command that serves, or prepares what serves. All that it says on standard error is a line of JSON, unless a person sits there:
 * what an operator can mend with its sentence, what nobody caught with its stack, warnings of Node too. Ends with 1 when it fails.
 */
export async function serving(command: (voice: Voice) => Promise<unknown>): Promise<void> {
  const voice = process.stderr.isTTY ? spoken : written();
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    if (warning.name !== "ExperimentalWarning") voice.warning(warning);
  });
  process.on("uncaughtException", (error) => {
    voice.fatal("an error that nobody caught ended the process", error);
    process.exit(1);
  });
  try {
    await command(voice);
  } catch (error) {
    const sentence = sentenceOf(error);
    if (sentence === undefined) voice.fatal("the command failed", error);
    else voice.fatal(sentence);
    process.exitCode = 1;
  }
}
