import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dockerfileFaults, readDockerfile } from "./dockerfile.js";
import { file, root } from "./files.js";

const exec = promisify(execFile);
const text = file("Dockerfile");

describe("the Dockerfile", () => {
  it("has no fault that reading finds, and planted ones are found", () => {
    expect(dockerfileFaults(text)).toEqual([]);
    const planted: [string, string][] = [
      ["USER node", "USER root"],
      ["/healthz", "/readyz"],
      ["node:24.21.0-bookworm-slim", "node:24-bookworm-slim"],
      ["COPY --from=build /shipped /app", "COPY . /app"],
      ['CMD ["onrecord", "start"]', "CMD onrecord start"],
      ["COPY --from=manifests /manifests /app", "COPY . /app"],
    ];
    for (const [from, to] of planted)
      expect([from, dockerfileFaults(text.replace(from, to)).length]).toEqual([from, 1]);
  });

  it("runs the Node that the clone brings", () => {
    const { devDependencies } = JSON.parse(file("package.json")) as { devDependencies: { node: string } };
    expect(text).toContain(`FROM node:${devDependencies.node}-`);
  });
});

/** The image's file system, made step by step in a folder: what a stage copies and runs, with other paths. */
describe("what the image ships", { timeout: 300_000 }, () => {
  let folder: string;
  let app: string;
  let installed = false;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "onrecord-image-"));
    app = join(folder, "dependencies", "app");
    const stage = (name: string) => readDockerfile(text).filter((it) => it.stage === name);
    const sh = (command: string, cwd: string) => {
      mkdirSync(cwd, { recursive: true });
      return exec("sh", ["-ec", command], {
        cwd,
        env: { ...process.env, npm_config_prefer_offline: "true" },
      });
    };
    // The context is the clone as git has it, which is what is left of a clone by .dockerignore, and more.
    const source = join(folder, "source");
    mkdirSync(source);
    await sh(
      `git -C '${root}' ls-files -z --cached --others --exclude-standard | (cd '${root}' && xargs -0 cp --parents -t '${source}')`,
      folder,
    );
    const [find] = stage("manifests").filter(({ word }) => word === "RUN");
    await sh(find!.rest.replaceAll("/manifests", join(folder, "manifests")), source);
    const [install] = stage("dependencies").filter(({ word }) => word === "RUN");
    await sh(`cp -a '${join(folder, "manifests")}/.' '${app}'`, app);
    // Without a registry, and with what was fetched before gone: then only what is built is looked at.
    installed = await sh(install!.rest, app).then(
      () => true,
      () => false,
    );
    // Installed and built is the clone already.
    const ship = stage("build")
      .filter(({ word }) => word === "RUN")
      .at(-1)!;
    expect(ship.rest).toContain("scripts/ship.mjs");
    await sh(ship.rest.replace("/shipped", join(folder, "shipped")), root);
    await sh(`cp -a '${join(folder, "shipped")}/.' '${app}'`, app);
  }, 240_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const files = (dir: string) =>
    readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((it) => it.isFile())
      .map((it) => relative(dir, join(it.parentPath, it.name)));

  it("is what runs: no tests, no sources, no declarations", () => {
    const shipped = files(join(folder, "shipped"));
    expect(shipped).toContain("cli/dist/main.js");
    expect(shipped).toContain("web/dist/index.html");
    expect(shipped.filter((path) => path.startsWith("docs/"))).toEqual([]);
    expect(
      shipped.filter((path) => /(\.tsx?$|\.test\.|\/testing\/|\/fixtures\/|\/src\/)/.test(path)),
    ).toEqual([]);
  });

  it("knows its commit without being told, from what of the clone's files goes into the build", async (test) => {
    const head = await exec("git", ["rev-parse", "HEAD"], { cwd: root }).catch(() => undefined);
    if (!head || !statSync(join(root, ".git")).isDirectory()) return test.skip("this is no clone of its own");
    expect(readFileSync(join(folder, "shipped/commit.txt"), "utf8")).toBe(head.stdout);
    expect(file(".dockerignore")).toMatch(/^!\.git\/HEAD\n!\.git\/packed-refs\n!\.git\/refs$/m);
  });

  it("holds every file and package that its programs import", (test) => {
    if (!installed) return test.skip("no registry answers: the image's dependencies are NOT tested");
    const missing = new Set<string>();
    for (const path of files(join(folder, "shipped")).filter(
      (it) => it.endsWith(".js") && !it.startsWith("web/"),
    )) {
      const at = join(app, path);
      const code = readFileSync(at, "utf8");
      for (const [, still, late] of code.matchAll(
        /^(?:import|export) (?:[^"'\n=]* from )?"([^"]+)"|\bimport\("([^"]+)"\)/gm,
      )) {
        const specifier = still ?? late ?? "node:";
        if (specifier.startsWith("node:")) continue;
        if (specifier.startsWith(".")) {
          if (!existsSync(resolve(dirname(at), specifier))) missing.add(`${path}: ${specifier}`);
        } else if (!findPackage(createRequire(at).resolve.paths(specifier) ?? [], specifier))
          missing.add(`${path}: ${specifier}`);
      }
    }
    expect([...missing]).toEqual([]);
  });

  it("has no dependency of development", (test) => {
    if (!installed) return test.skip("no registry answers: the image's dependencies are NOT tested");
    const there = ["typescript", "vitest", "turbo", "@biomejs/biome", "vite", "monaco-editor", "react"];
    expect(there.filter((name) => existsSync(join(app, "node_modules", name)))).toEqual([]);
  });

  it("starts, answers and ends when it is told to", async (test) => {
    if (!installed) return test.skip("no registry answers: the image's start is NOT tested");
    // As the image calls it: by a link.
    expect(text).toContain("ln -s /app/bin/onrecord /usr/local/bin/onrecord");
    const program = join(folder, "onrecord");
    symlinkSync(join(app, "bin/onrecord"), program);
    const bin = join(folder, "bin");
    mkdirSync(bin);
    symlinkSync(process.execPath, join(bin, "node"));
    await exec("chmod", ["755", folder]);
    const server = spawn(program, ["start"], {
      cwd: folder,
      env: {
        PATH: `${bin}:${process.env.PATH}`,
        NODE_ENV: "production",
        PORT: "0",
        ONRECORD_DATA: join(folder, "data"),
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(server, "close");
    let said = "";
    const url = await Promise.race([
      new Promise<string>((found) => {
        server.stdout.setEncoding("utf8").on("data", (chunk: string) => {
          said += chunk;
          const ready = /Onrecord is ready at (\S+)/.exec(said)?.[1];
          if (ready) found(ready);
        });
      }),
      ended.then(([code]) => Promise.reject(new Error(`It ended with ${code}.`))),
    ]);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(await (await fetch(url)).text()).toContain("<script");
    server.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  });
});

/** Whether a package that an import names lies in one of these folders. */
function findPackage(folders: readonly string[], specifier: string): boolean {
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  return folders.some((folder) => existsSync(join(folder, name)));
}
