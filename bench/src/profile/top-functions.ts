import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";

/** V8's CPU profile, as far as it is read here. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
    };
  }[];
  /** Microseconds on the clock of `process.hrtime`. */
  readonly startTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Time on the CPU of one function itself, as a share of the whole window. */
export interface FunctionTime {
  readonly name: string;
  readonly share: number;
}

/** The functions that the profiles of a directory saw most often between two moments, in microseconds of `process.hrtime`. */
export async function topFunctions(
  dir: string,
  windows: readonly { readonly from: number; readonly to: number }[],
): Promise<FunctionTime[]> {
  const times = new Map<string, number>();
  let total = 0;
  for (const file of (await readdir(dir)).filter((name) => name.endsWith(".cpuprofile"))) {
    const profile = JSON.parse(await readFile(join(dir, file), "utf8")) as CpuProfile;
    const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
    let at = profile.startTime;
    for (const [index, node] of profile.samples.entries()) {
      const delta = profile.timeDeltas[index]!;
      at += delta;
      if (!windows.some(({ from, to }) => at >= from && at <= to)) continue;
      total += delta;
      const name = names.get(node)!;
      times.set(name, (times.get(name) ?? 0) + delta);
    }
  }
  return [...times].map(([name, time]) => ({ name, share: time / total })).sort((a, b) => b.share - a.share);
}

function nameOf({ functionName, url, lineNumber }: CpuProfile["nodes"][number]["callFrame"]): string {
  const name = functionName || "(anonymous)";
  if (url === "") return name;
  const [, module] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  return `${name}  ${module ? `${module}/` : ""}${basename(url)}:${lineNumber + 1}`;
}
