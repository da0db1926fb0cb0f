import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { file, root } from "./files.js";

const exec = promisify(execFile);
const all = readdirSync(join(root, "deploy/systemd")).filter((name) => /\.(service|target)$/.test(name));
/** The most that a unit may be exposed, in tenths of systemd's points: none is 0, a unit without any hardening 96. */
const EXPOSURE = 15;

let dir: string;
let present = true;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "onrecord-units-"));
  present = await exec("systemd-analyze", ["--version"]).then(
    () => true,
    () => false,
  );
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** What systemd says of the units, with a program that is on every machine in the place of ours; `edit` plants something first. */
async function verify(edit: (text: string) => string = (text) => text): Promise<string> {
  for (const name of all)
    writeFileSync(
      join(dir, name),
      edit(file(`deploy/systemd/${name}`).replace("/opt/onrecord/bin/onrecord", "/bin/true")),
    );
  const units = all.map((name) => join(dir, name.replace("@", "@gateway")));
  writeFileSync(
    join(dir, "onrecord@gateway.service"),
    edit(file("deploy/systemd/onrecord@.service").replace("/opt/onrecord/bin/onrecord", "/bin/true")),
  );
  const { stdout, stderr } = await exec("systemd-analyze", ["verify", "--man=no", ...units], {
    env: { ...process.env, SYSTEMD_UNIT_PATH: `${dir}:` },
  }).catch((error: { stdout: string; stderr: string }) => error);
  // What else is wrong on this machine is not ours.
  return `${stdout}${stderr}`
    .split("\n")
    .filter((line) => line.includes("onrecord"))
    .join("\n");
}

describe("the units", () => {
  it("are understood by systemd, and what is not is found", async (test) => {
    if (!present) return test.skip("no systemd-analyze on this machine: the units are NOT verified");
    expect(await verify()).toBe("");
    expect(await verify((text) => text.replace("ProtectSystem=strict", "ProtectSystem=strickt"))).toContain(
      "strickt",
    );
    expect(await verify((text) => text.replace("[Service]\n", "[Service]\nRestrat=always\n"))).toContain(
      "Restrat",
    );
  });

  it("leave little that a taken-over process may do", async (test) => {
    if (!present) return test.skip("no systemd-analyze on this machine: the units' hardening is NOT tested");
    for (const name of all.filter((it) => it.endsWith(".service"))) {
      const judge = (threshold: number) =>
        exec("systemd-analyze", [
          "security",
          "--offline=yes",
          `--threshold=${threshold}`,
          join(root, "deploy/systemd", name),
        ]);
      await judge(EXPOSURE);
      await expect(judge(5)).rejects.toThrow();
    }
  });

  it("take settings from the sample, which tells every setting of the README, and none else", async () => {
    await exec(process.execPath, [join(root, "scripts/env-sample.mjs"), "--check"]);
    const names = [...file("deploy/systemd/onrecord.env").matchAll(/^#?([A-Z_]+)=/gm)].map(
      ([, name]) => name,
    );
    expect(names).toEqual(
      expect.arrayContaining(["DATABASE_URL", "ONRECORD_KEYS", "ONRECORD_MAX_ROOMS", "DATABASE_URL_AUDIT"]),
    );
  });
});

/** Stands in for a program in front of the PATH: what it was given, one word a line. */
async function wordsOf(name: string, run: (env: NodeJS.ProcessEnv) => Promise<unknown>): Promise<string[]> {
  const bin = mkdtempSync(join(tmpdir(), "onrecord-bin-"));
  try {
    writeFileSync(join(bin, name), `#!/bin/sh\nprintf '%s\\n' "$@" > '${bin}/words'\n`, { mode: 0o755 });
    await run({ ...process.env, PATH: `${bin}:${process.env.PATH}` });
    return readFileSync(join(bin, "words"), "utf8").trimEnd().split("\n");
  } finally {
    rmSync(bin, { recursive: true, force: true });
  }
}

describe("commands of whoever operates the machine", () => {
  const operate = (etc: string) => {
    const script = join(dir, "onrecord-operate");
    writeFileSync(script, file("deploy/systemd/onrecord-operate").replace("/etc/onrecord", etc), {
      mode: 0o755,
    });
    return wordsOf("systemd-run", (env) => exec(script, ["admin", "create", "a b@c.test"], { env }));
  };
  const property = (unit: string, name: string) =>
    new RegExp(`^${name}=(.*)$`, "m").exec(file(`deploy/systemd/${unit}`))![1]!.replace("%S", "/var/lib");

  it("run as the unit does: its user, folder, settings and secrets", async () => {
    const words = await operate("/etc/onrecord");
    for (const name of [
      "User",
      "Group",
      "UMask",
      "StateDirectory",
      "WorkingDirectory",
      "EnvironmentFile",
      "LoadCredential",
    ])
      expect(words).toContain(`--property=${name}=${property("onrecord.service", name)}`);
    expect(words).toContain(`--setenv=${property("onrecord.service", "Environment")}`);
    expect(words.slice(-4)).toEqual(["/opt/onrecord/bin/onrecord", "admin", "create", "a b@c.test"]);
  });

  it("take the owner's login where services run each by itself", async () => {
    const etc = join(dir, "etc");
    mkdirSync(etc);
    writeFileSync(join(etc, "owner.env"), "");
    const words = await operate(etc);
    expect(words).toContain(`--property=LoadCredential=onrecord:${etc}/secrets-owner`);
    const files = words.filter((word) => word.includes("EnvironmentFile"));
    expect(files.map((word) => word.replace(/.*\//, ""))).toEqual(["onrecord.env", "owner.env"]);
  });
});

it("is shipped with the pages that its units name", async () => {
  const to = join(dir, "shipped");
  await wordsOf("npm", (env) =>
    exec(process.execPath, [join(root, "scripts/ship.mjs"), "--install", to], { env }),
  );
  for (const name of all)
    for (const [, path] of file(`deploy/systemd/${name}`).matchAll(
      /^Documentation=file:\/\/\/opt\/onrecord\/(.*)$/gm,
    ))
      expect(existsSync(join(to, path!)), path).toBe(true);
});
