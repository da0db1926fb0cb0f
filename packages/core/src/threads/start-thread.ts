import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";

/** The script of a thread, by its name beside the module `from` (its `import.meta.url`): source beside source, built beside built. */
export function scriptBeside(from: string, name: string): URL {
  return new URL(`./${name}${from.endsWith(".ts") ? ".ts" : ".js"}`, from);
}

/** Starts a thread whose heap may have so many MiB. It keeps no process from ending. */
export function startThread(script: URL, megabytes: number): Worker {
  const options = { resourceLimits: { maxOldGenerationSizeMb: megabytes } };
  const worker = script.pathname.endsWith(".ts")
    ? // Run from its source, a thread needs what the process was started with, however that was done.
      new Worker(script, {
        ...options,
        execArgv: [
          "--conditions=source",
          "--import",
          pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href,
        ],
      })
    : new Worker(script, options);
  // What is said of a thread that is being ended is of no use to anybody.
  worker.on("error", () => undefined);
  worker.unref();
  return worker;
}
