import { readdirSync, readFileSync } from "node:fs";

/** What a server has used up to now: its own process, and the others of its tree (ours: Postgres). */
export interface Usage {
  /** CPU seconds. */
  readonly main: number;
  /** CPU seconds, ended children included. */
  readonly others: number;
}

/** Clock ticks in a second, of every Linux that Node runs on. */
const TICKS = 100;
/** Fields of /proc/<pid>/stat, counted behind the name in brackets. */
const field = { parent: 1, user: 11, system: 12, endedUser: 13, endedSystem: 14 } as const;

/** Whether this system tells what a process tree uses. */
export const canMeasure = process.platform === "linux";

/** CPU seconds of a process and its descendants; zeros where the system does not tell. */
export function usage(root: number): Usage {
  let main = 0;
  let others = 0;
  for (const { pid, fields } of tree(root)) {
    const own = (fields[field.user]! + fields[field.system]!) / TICKS;
    const ended = (fields[field.endedUser]! + fields[field.endedSystem]!) / TICKS;
    if (pid === root) main += own;
    else others += own;
    others += ended;
  }
  return { main, others };
}

/**
 * Bytes of memory that a process and its descendants hold. Pages that several of them share, as Postgres's buffers are, count once:
 * it is the sum of the proportional set sizes.
 */
export function memory(root: number): number {
  return tree(root).reduce((sum, { pid }) => sum + kilobytes(pid, "smaps_rollup", "Pss") * 1024, 0);
}

/** The most bytes that one process ever held. */
export function peakMemory(pid: number): number {
  return canMeasure ? kilobytes(pid, "status", "VmHWM") * 1024 : 0;
}

/** CPU seconds that the whole machine has spent working. */
export function machineUsage(): number {
  const [, ...ticks] = (/^cpu +.*$/m.exec(read("/proc/stat"))?.[0] ?? "").split(/ +/).map(Number);
  // user, nice, system, idle, iowait, irq, softirq, …
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = ticks;
  return (user + nice + system + irq + softirq) / TICKS;
}

function tree(root: number): { pid: number; fields: number[] }[] {
  if (!canMeasure) return [];
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const stat = read(`/proc/${name}/stat`);
      if (stat === "") return [];
      const fields = stat
        .slice(stat.lastIndexOf(")") + 2)
        .split(" ")
        .map(Number);
      return [{ pid: Number(name), fields }];
    });
  const inside = new Set([root]);
  // A child may have a smaller number than its parent once numbers have wrapped around.
  for (let before = 0; before !== inside.size; ) {
    before = inside.size;
    for (const { pid, fields } of all) if (inside.has(fields[field.parent]!)) inside.add(pid);
  }
  return all.filter(({ pid }) => inside.has(pid));
}

function kilobytes(pid: number, file: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(read(`/proc/${pid}/${file}`))?.[1] ?? 0);
}

/** Empty when the process has just ended. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
