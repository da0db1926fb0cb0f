import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Failure } from "./failure.mjs";
import { quietly } from "./quietly.mjs";

/** The root of the repository. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Installs dependencies if they are missing or not those of the lock file, and returns the path of the Node to run with. */
export async function prepare() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < 20)
    throw new Failure(
      `Node ${process.versions.node} is too old: install Node 20 or newer and run this again.`,
    );
  if (!isInstalled()) await install();
  return findNode();
}

/** The environment in which the repository's own tools find each other and the given Node. */
export function environment(node) {
  const path = [dirname(node), join(root, "node_modules", ".bin"), process.env.PATH ?? ""].join(delimiter);
  return {
    ...process.env,
    PATH: path,
    TURBO_TELEMETRY_DISABLED: "1",
    TURBO_NO_UPDATE_NOTIFIER: "1",
    DO_NOT_TRACK: "1",
  };
}

/**
 * npm writes node_modules/.package-lock.json as the last act of an install. Comparing it, not a stamp of our own, also
 * recognises an install that someone did by hand, and one that was interrupted.
 */
function isInstalled() {
  const installed = readPackages("node_modules/.package-lock.json");
  const wanted = readPackages("package-lock.json");
  if (!installed) return false;
  if (!wanted) return true;
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (!path.includes("node_modules/")) return true;
    const there = installed[path];
    // Optional packages are left out where they are for another platform.
    return there === undefined ? optional === true : there.version === version;
  });
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(join(root, path), "utf8")).packages;
  } catch {
    return undefined;
  }
}

async function install() {
  const hasLock = existsSync(join(root, "package-lock.json"));
  let { code, output } = await npm(hasLock ? "ci" : "install");
  // `npm ci` refuses a lock file that a package.json has moved on from; `npm install` completes it.
  if (code !== 0 && /EUSAGE/.test(output)) ({ code, output } = await npm("install"));
  if (code === 0) return;
  const noise = /^(npm (error|ERR!))?\s*$|complete log of this run|\s{2,}(at|code:|errno:|syscall:|type:) /;
  const lines = output.split("\n").filter((line) => !noise.test(line));
  const offline =
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|ENOTCACHED/.test(
      output,
    );
  const why = offline ? "the package registry cannot be reached" : "npm failed";
  throw new Failure(`Dependencies could not be installed: ${why}.\n${lines.slice(0, 12).join("\n")}`);
}

function npm(command) {
  const flags = ["--include=dev", "--include=optional", "--loglevel=error", "--no-fund", "--no-audit"];
  const { file, args, env } = findNpm();
  return quietly("Installing dependencies", file, [...args, command, ...flags], { cwd: root, env });
}

/** An npm to install with, run by a Node outside node_modules: `npm ci` removes that directory while it works. */
function findNpm() {
  const inside = join(root, "node_modules");
  const path = (process.env.PATH ?? "").split(delimiter).filter((dir) => !dir.startsWith(inside));
  const env = { ...process.env, PATH: path.join(delimiter) };
  // Were we started for one workspace (`npm test -w …`), the install is for all of them nevertheless.
  for (const name of Object.keys(env)) {
    if (
      /^npm_config_(workspaces?|include_workspace_root|omit|production|prefix|global|dry_run|package_lock_only)$/i.test(
        name,
      )
    ) {
      delete env[name];
    }
  }
  const { npm_execpath: npm } = process.env;
  const outside = !process.execPath.startsWith(inside);
  if (outside && npm?.endsWith("npm-cli.js")) return { file: process.execPath, args: [npm], env };
  return { file: "npm", args: [], env };
}

/** The Node that the lock file pins; else ours, if it is no older. */
function findNode() {
  const pinned = join(root, "node_modules", "node", "bin", "node");
  if (runs(pinned)) return pinned;
  if (Number(process.versions.node.split(".")[0]) >= 24) return process.execPath;
  throw new Failure(
    "The pinned Node 24 is missing or does not run here (were install scripts switched off, or is this system without glibc?). " +
      `Install Node 24 or newer and run this again; this is Node ${process.versions.node}.`,
  );
}

function runs(node) {
  return existsSync(node) && spawnSync(node, ["--version"], { stdio: "ignore" }).status === 0;
}
