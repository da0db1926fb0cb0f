import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import previous from "./previous-release.json" with { type: "json" };

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** The release whose nodes must go on working while they are replaced: what `previous-release.json` names. */
export const release = previous.release;

/** Why the release cannot be built here, in a few words; undefined where it can. */
export function whyNotPrevious(): string | undefined {
  const { error, status } = git(["cat-file", "-e", `${previous.commit}^{commit}`]);
  if (error) return "git is not installed";
  return status === 0
    ? undefined
    : `this clone's history does not reach back to ${previous.commit.slice(0, 7)}`;
}

/** The previous release, built in a git worktree that is gone when it is disposed of. */
export interface PreviousRelease extends Disposable {
  /** What `node` runs as its `onrecord`. */
  readonly program: string;
}

/** Builds it beside this clone, with this clone's third-party packages where they are those of its lock file, else with its own. */
export function buildPrevious(): PreviousRelease {
  const parent = mkdtempSync(join(tmpdir(), "onrecord-previous-"));
  const tree = join(parent, release);
  const dispose = () => {
    git(["worktree", "remove", "--force", tree]);
    rmSync(parent, { recursive: true, force: true });
  };
  try {
    must(git(["worktree", "add", "--quiet", "--detach", tree, previous.commit]));
    if (hasPackagesOf(tree)) linkPackages(tree);
    else must(run("npm", ["ci", "--prefer-offline", "--loglevel=error", "--no-fund", "--no-audit"], tree));
    const flags = ["--filter=@onrecord/cli...", "--output-logs=errors-only", "--cache=local:,remote:"];
    must(run("turbo", ["run", "build", ...flags], tree));
    return { program: join(tree, "cli", "dist", "main.js"), [Symbol.dispose]: dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

type Lock = {
  packages: Record<string, { version?: string; link?: boolean; dev?: boolean; optional?: boolean }>;
};

/** Whether all that its lock file names is installed here, in the same version and place. */
function hasPackagesOf(tree: string): boolean {
  const read = (path: string) => JSON.parse(readFileSync(path, "utf8")) as Lock;
  const installed = read(join(root, "node_modules", ".package-lock.json")).packages;
  return Object.entries(read(join(tree, "package-lock.json")).packages).every(
    ([path, { version, link, dev, optional }]) =>
      !path.includes("node_modules/") || link || dev || optional || installed[path]?.version === version,
  );
}

/** Each package of ours is its own, and each of others that of this clone. */
function linkPackages(tree: string): void {
  const workspaces = run("git", ["ls-files", "*package.json"], tree)
    .stdout.split("\n")
    .filter(Boolean)
    .map(dirname);
  const own = join(tree, "node_modules");
  mkdirSync(join(own, "@onrecord"), { recursive: true });
  for (const name of readdirSync(join(root, "node_modules")))
    if (name !== "@onrecord") symlinkSync(join(root, "node_modules", name), join(own, name));
  for (const dir of workspaces.filter((dir) => dir !== ".")) {
    const { name } = JSON.parse(readFileSync(join(tree, dir, "package.json"), "utf8")) as { name: string };
    symlinkSync(join(tree, dir), join(own, name));
    const nested = join(root, dir, "node_modules");
    if (existsSync(nested)) symlinkSync(nested, join(tree, dir, "node_modules"));
  }
}

function git(args: readonly string[]) {
  return run("git", args, root);
}

function run(file: string, args: readonly string[], cwd: string) {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const path = [dirname(process.execPath), join(root, "node_modules", ".bin"), env.PATH ?? ""].join(":");
  return spawnSync(file, args, {
    cwd,
    encoding: "utf8",
    env: { ...env, PATH: path, TURBO_TELEMETRY_DISABLED: "1" },
  });
}

function must({ status, stdout, stderr, error }: ReturnType<typeof run>): void {
  if (status !== 0)
    throw new Error(`the previous release could not be built: ${error?.message ?? ""}${stdout}${stderr}`);
}
